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

it.for(['freezeWindows', 'quietHours', 'killSwitchFile', 'readerStaleness', 'adoptable'])(
  'the example file shows how %s is written',
  (key) => {
    const text = readFileSync('config/goldsmith.example.yaml', 'utf8')
      .replace(new RegExp(`^  # (${key}: .)`, 'm'), '  $1')
      .replace(new RegExp(`^  (${key}:) \\S+ # such as (.+)$`, 'm'), '  $1 $2');

    expect(text).toMatch(new RegExp(`^  ${key}: ["{[].+["}\\]]$`, 'm'));
    expect(parseConfig({ file: 'goldsmith.example.yaml', text, env: {} }).mode).toBe('observe');
  },
);
