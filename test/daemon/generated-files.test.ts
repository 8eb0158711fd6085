import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { generatedFiles } from '../../src/daemon/generated-files.ts';

it.for(Object.entries(generatedFiles()))(
  '%s is fresh: run `npm run generate`',
  ([path, content]) => {
    expect(readFileSync(path, 'utf8')).toBe(content);
  },
);

it('the example file is a right config', () => {
  const text = readFileSync('config/goldsmith.example.yaml', 'utf8');

  expect(parseConfig({ file: 'goldsmith.example.yaml', text, env: {} }).mode).toBe('observe');
});
