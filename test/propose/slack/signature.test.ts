import { describe, expect, it } from 'vitest';
import { signatureOf, whyNotSlack } from '../../../src/propose/slack/signature.ts';

/** The example of https://docs.slack.dev/authentication/verifying-requests-from-slack, word for word. */
const EXAMPLE = {
  signingSecret: '8f742231b10e8888abcd99yyyzzz85a5',
  timestamp: '1531420618',
  rawBody:
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
};
const SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const SIGNED_AT = 1_531_420_618_000;

function check(over: Partial<typeof EXAMPLE> & { signature?: string; now?: number }) {
  const { signature = SIGNATURE, now = SIGNED_AT, ...rest } = over;
  const { signingSecret, ...request } = { ...EXAMPLE, ...rest };
  return whyNotSlack({ ...request, signature }, { signingSecret, now });
}

describe("slack's signature", () => {
  it('is made as the documentation shows', () => {
    expect(signatureOf(EXAMPLE)).toBe(SIGNATURE);
    expect(check({})).toBeUndefined();
  });

  it.each([
    ['another body', { rawBody: `${EXAMPLE.rawBody}&x=1` }],
    ['another secret', { signingSecret: 'another secret' }],
    ['another moment', { timestamp: '1531420619' }],
    ['a shorter signature', { signature: 'v0=a2114d57' }],
    ['another version', { signature: SIGNATURE.replace('v0', 'v1') }],
    ['letters of another size', { signature: SIGNATURE.toUpperCase() }],
  ])('does not hold for %s', (_name, over) => {
    expect(check(over)).toBe('its signature is not of our signing secret');
  });

  it('holds for five minutes, both ways', () => {
    const five = 5 * 60_000;

    expect(check({ now: SIGNED_AT + five })).toBeUndefined();
    expect(check({ now: SIGNED_AT - five })).toBeUndefined();
    expect(check({ now: SIGNED_AT + five + 1 })).toBe(
      'it was signed more than five minutes from now',
    );
    expect(check({ now: SIGNED_AT - five - 1 })).toBe(
      'it was signed more than five minutes from now',
    );
  });

  it('is missed where there is none', () => {
    const { signingSecret, ...request } = EXAMPLE;
    const parts = { signingSecret, now: SIGNED_AT };

    expect(whyNotSlack({ ...request, signature: undefined }, parts)).toBe('it is not signed');
    expect(whyNotSlack({ ...request, signature: SIGNATURE, timestamp: undefined }, parts)).toBe(
      'it is not signed',
    );
    expect(whyNotSlack({ ...request, signature: SIGNATURE, timestamp: 'NaN' }, parts)).toBe(
      'it is not signed',
    );
  });
});
