import { expect, it } from 'vitest';

/** Somebody tries to get in, and what the one sentence says of it, the next step included. */
export interface WayIn {
  readonly open: () => Promise<unknown>;
  readonly says: RegExp;
}

/** `wrong-secret` stands for the secret. */
export type WaysIn = Readonly<Record<keyof typeof CODES, WayIn>>;

const CODES = {
  'a secret that is wrong': 'CONNECTOR_SIGN_IN_FAILED',
  'somebody nobody knows': 'CONNECTOR_SIGN_IN_FAILED',
  'a host where nobody listens': 'CONNECTOR_UNREACHABLE',
} as const;

/** Whoever does not get in is told why, once, in one sentence, without the secret; only what may pass by itself is worth retrying. */
export function waysInConformance(ways: () => WaysIn): void {
  for (const [what, code] of Object.entries(CODES)) {
    it(`tells ${what} in one sentence with the next step, and no secret`, async () => {
      const { open, says } = ways()[what as keyof WaysIn];

      const error = await open().catch((caught: unknown) => caught);

      expect(error).toMatchObject({ code, retryable: code === 'CONNECTOR_UNREACHABLE' });
      expect(String(error)).toMatch(/^ConnectorError: test: [^\n]{20,}[^.]$/);
      expect(String(error)).toMatch(says);
      expect(String(error)).not.toContain('wrong-secret');
    });
  }
}
