import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '../../base/clock.ts';

/** A request as it came, before anybody read it. */
export interface SlackRequest {
  readonly rawBody: string;
  /** `X-Slack-Signature`. */
  readonly signature: string | undefined;
  /** `X-Slack-Request-Timestamp`, in seconds. */
  readonly timestamp: string | undefined;
}

/** What is older is refused, whoever signed it: https://docs.slack.dev/authentication/verifying-requests-from-slack. */
const LONGEST_MS = 5 * 60_000;

/** Why a request is not Slack's own; absent where its v0 signature holds. */
export function whyNotSlack(
  { rawBody, signature, timestamp }: SlackRequest,
  { signingSecret, now }: { readonly signingSecret: string; readonly now: EpochMs },
): string | undefined {
  if (signature === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) {
    return 'it is not signed';
  }
  if (Math.abs(now - Number(timestamp) * 1000) > LONGEST_MS) {
    return 'it was signed more than five minutes from now';
  }
  return isSame(signature, signatureOf({ rawBody, timestamp, signingSecret }))
    ? undefined
    : 'its signature is not of our signing secret';
}

/** `v0=` and the HMAC-SHA256 of `v0:timestamp:body`, in hex. */
export function signatureOf({
  rawBody,
  timestamp,
  signingSecret,
}: {
  readonly rawBody: string;
  readonly timestamp: string;
  readonly signingSecret: string;
}): string {
  const hmac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${rawBody}`);
  return `v0=${hmac.digest('hex')}`;
}

/** In constant time; only the length, which everybody knows, may be told by it. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
