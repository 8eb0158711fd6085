import { userInfo } from 'node:os';

/** Whoever runs the command, as the system knows him. */
export function me(): { readonly by: string } {
  return { by: `cli:${userInfo().username}` };
}
