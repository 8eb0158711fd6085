import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { start } from './a-command.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goldsmith-hangup-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('a daemon that is told to read its settings again while it reads them for the first time goes on', async () => {
  // A pipe in the place of the settings: the daemon waits in it until we write, and we until it waits.
  const config = join(folder, 'goldsmith.yaml');
  execFileSync('mkfifo', [config]);
  const daemon = start(['--config', config, 'run']);
  const pipe = await open(config, 'w');

  daemon.process.kill('SIGHUP');
  await pipe.writeFile('mode: sideways\n');
  await pipe.close();

  const { code, stderr } = await daemon.ended;
  expect(stderr).toContain('mode');
  expect(code).toBe(2);
});
