import { describe, expect, it } from 'vitest';
import { mayApprove, mayDecline } from '../../src/propose/approval-policy.ts';
import { proposeSettings } from '../../src/propose/settings.ts';

const messagesOf = (value: unknown) =>
  proposeSettings
    .safeParse(value)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the settings of proposals', () => {
  it('let the command line answer everything, and whoever merges an edit', () => {
    const settings = proposeSettings.parse({});

    expect(mayApprove('cli:ana', 'drop', settings)).toBe(true);
    expect(mayApprove('slack:U1', 'build', settings)).toBe(false);
    expect(mayApprove('git:merge', 'build', settings)).toBe(false);
    expect(mayApprove('git:merge', 'edit', settings)).toBe(true);
  });

  it('match whole names, and what begins so only where a star says it', () => {
    const settings = proposeSettings.parse({ approvals: { build: ['slack:U1', 'github:acme-*'] } });

    expect(mayApprove('slack:U1', 'build', settings)).toBe(true);
    expect(mayApprove('slack:U12', 'build', settings)).toBe(false);
    expect(mayApprove('github:acme-bot', 'build', settings)).toBe(true);
    expect(mayApprove('cli:ana', 'build', settings)).toBe(false);
    expect(mayDecline('github:somebody', 'build', settings)).toBe(true);
    expect(mayDecline('slack:U9', 'build', settings)).toBe(false);
  });

  it('refuse what can never come about', () => {
    expect(messagesOf({ approvals: { drop: ['slack:U1'] }, needed: { drop: 2 } })).toEqual([
      'needed.drop: 2 have to say yes and only 1 may: list more in propose.approvals.drop',
    ]);
    expect(messagesOf({ approvals: { drop: ['cli:*'] }, needed: { drop: 2 } })).toBeUndefined();
    expect(messagesOf({ approvals: { build: ['U1'] } })?.[0]).toContain(
      'write who as a channel and a name',
    );
  });
});
