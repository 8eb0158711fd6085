import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const CHILD = fileURLToPath(new URL('./end-workers.ts', import.meta.url));

describe('a worker that is ended while a native parser is at work', () => {
  it('does not take the process with it', async () => {
    const child = await promisify(execFile)(process.execPath, [CHILD, '6'], { timeout: 120_000 });

    expect(child.stdout).toBe('6 rounds\n');
  });
});
