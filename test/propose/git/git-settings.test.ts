import { describe, expect, it } from 'vitest';
import { gitSettings } from '../../../src/propose/git/settings.ts';

describe('the settings of git', () => {
  it.each([
    'ext::sh -c touch% x',
    '--upload-pack=touch x',
    'https://user:password@host/x',
    'ssh://user:password@host/x',
    'host:path with space',
    'javascript:alert(1)',
  ])('takes no remote like %j', (url) => {
    expect(gitSettings.safeParse({ remote: url }).success).toBe(false);
  });
});
