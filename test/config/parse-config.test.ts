import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { parseConfig } from '../../src/config/parse-config.ts';

const least =
  'history: { source: export, path: history.jsonl }\nwarehouse: { path: lake.duckdb }\n';

function problemsOf(text: string, env: Record<string, string> = {}): readonly string[] {
  try {
    parseConfig({ file: 'goldsmith.yaml', text, env });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.message.split('\n');
    }
    throw error;
  }
}

describe('a config file', () => {
  it('needs only a warehouse and a history; all else has a cautious default', () => {
    const config = parseConfig({ file: 'goldsmith.yaml', text: least, env: {} });

    expect(config.mode).toBe('observe');
    expect(config.http.host).toBe('127.0.0.1');
    expect(config.decide.minimumRuns).toBe(40);
    expect(config.marts.maxStaleness).toBe(3_600_000);
  });

  it('names files of definitions as seen from itself, wherever the daemon was started', () => {
    const text = `${least}marts: { adoptable: [{ table: gold.wide, definitionFile: sql/wide.sql }] }\n`;

    const config = parseConfig({ file: '/etc/goldsmith/goldsmith.yaml', text, env: {} });

    expect(config.marts.adoptable).toMatchObject([
      { definitionFile: '/etc/goldsmith/sql/wide.sql' },
    ]);
  });

  it('tells every problem at once, each with its line and what to write instead', () => {
    const text = [
      'mode: automatic',
      'warehouse:',
      '  pathh: lake.duckdb',
      'history: { source: export }',
      'decide:',
      '  minimumGain: 7',
      'marts:',
      '  maxStaleness: soon',
      'schedule:',
      '  cron: every now and then',
      'telemetry: true',
    ].join('\n');

    expect(problemsOf(text)).toEqual([
      'goldsmith.yaml:1: mode: is not an accepted text; write one of `observe`, `propose`, `auto`',
      'goldsmith.yaml:3: warehouse.pathh: unknown setting; did you mean `path`?',
      'goldsmith.yaml:4: history.path: is missing; write a text',
      'goldsmith.yaml:6: decide.minimumGain: is 7; write a number of at most 1',
      'goldsmith.yaml:8: marts.maxStaleness: is not an accepted text; write a number and a unit: 500ms, 90s, 15m, 26h or 7d',
      'goldsmith.yaml:10: schedule.cron: is not an accepted text; write a cron expression, such as `*/15 * * * *` or `0 3 * * *`',
      expect.stringMatching(
        /^goldsmith\.yaml:11: telemetry: unknown setting; known here: mode, warehouse, history/,
      ),
    ]);
  });

  it('that is not YAML is told as such, with the line', () => {
    expect(problemsOf('mode: [auto')[0]).toMatch(/^goldsmith\.yaml:1: not valid YAML: /);
  });

  it('takes values from the environment, typed as if written', () => {
    const text = `${least}http: { port: "\${PORT}", token: "\${TOKEN:-0123456789abcdef}" }`;

    expect(parseConfig({ file: 'goldsmith.yaml', text, env: { PORT: '8080' } }).http).toMatchObject(
      {
        port: 8080,
        token: '0123456789abcdef',
      },
    );
  });

  it('names an environment variable that is not set, and its line', () => {
    expect(problemsOf(`${least}state: { path: "\${STATE_FILE}" }`)[0]).toBe(
      'goldsmith.yaml:3: the environment variable STATE_FILE is not set: set it, or write ${STATE_FILE:-default}',
    );
  });

  it('never repeats a value that may be a secret', () => {
    expect(problemsOf(`${least}http: { token: hunter2 }`).join('\n')).not.toContain('hunter2');
  });
});
