import type { GitSettings } from '../git/settings.ts';
import type { GithubSettings } from './settings.ts';

/** The repository as a git remote. The token is for GitHub alone: another remote signs us in by itself. */
export function asGit(settings: GithubSettings, token: string): GitSettings {
  const { remote, branch, folder, author, timeout } = settings;
  return {
    remote: remote ?? cloneUrl(settings),
    username: 'x-access-token',
    author,
    timeout,
    ...(remote === undefined ? { token } : {}),
    ...(branch === undefined ? {} : { branch }),
    ...(folder === undefined ? {} : { folder }),
  };
}

/** `api.github.com` is `github.com`, `https://host/api/v3` is `https://host`. */
export function cloneUrl({
  apiUrl,
  repository,
}: Pick<GithubSettings, 'apiUrl' | 'repository'>): string {
  const { protocol, host } = new URL(apiUrl);
  return `${protocol}//${host.replace(/^api\./, '')}/${repository}.git`;
}
