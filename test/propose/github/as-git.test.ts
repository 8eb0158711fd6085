import { describe, expect, it } from 'vitest';
import { asGit, cloneUrl } from '../../../src/propose/github/as-git.ts';
import { githubSettings } from '../../../src/propose/github/settings.ts';

const repository = 'acme/warehouse';

describe('the repository as a git remote', () => {
  it.each([
    ['https://api.github.com', 'https://github.com/acme/warehouse.git'],
    ['https://github.example.com/api/v3', 'https://github.example.com/acme/warehouse.git'],
    ['https://api.acme.ghe.com', 'https://acme.ghe.com/acme/warehouse.git'],
  ])('of %s is %s', (apiUrl, url) => {
    expect(cloneUrl({ apiUrl, repository })).toBe(url);
  });

  it('is signed in to with the token, which no other remote gets', () => {
    const settings = githubSettings.parse({ repository, token: 'secret' });
    const elsewhere = { ...settings, remote: 'https://mirror.example.com/x.git' };

    expect(asGit(settings, 'secret')).toMatchObject({ token: 'secret' });
    expect(asGit(elsewhere, 'secret')).not.toHaveProperty('token');
  });

  it.each([
    ['both', { token: 'x', app: { id: '1', privateKey: '-----BEGIN' } }],
    ['neither', {}],
  ])('is signed in to with a token or an app, not %s', (_what, signIn) => {
    expect(githubSettings.safeParse({ repository, ...signIn }).success).toBe(false);
  });

  it.each(['acme', 'acme/..', '../x/y', 'acme/ware house', 'https://github.com/acme/x'])(
    'is not named %j',
    (name) => {
      expect(githubSettings.safeParse({ repository: name, token: 'x' }).success).toBe(false);
    },
  );
});
