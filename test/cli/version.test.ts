import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cli } from './in-process.ts';

it('says which version it is', async () => {
  const packageFile = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string };

  expect(await cli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});
