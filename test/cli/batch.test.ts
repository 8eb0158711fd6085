import { PassThrough, Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { goldsmith, start } from './a-command.ts';
import { cli, linesOf } from './in-process.ts';

const SHAPE = (id: string | number, sql = 'select a from t') =>
  JSON.stringify({ id, dialect: 'duckdb', sql });
const MATCH = (id: string | number) =>
  JSON.stringify({
    id,
    dialect: 'duckdb',
    ddl: 'create table t (a int, b int)',
    mvs: ['select a, sum(b) as s from t group by a'],
    query: 'select a, sum(b) from t group by a',
  });

/** Lines a careless exporter writes, with what is to be found in their answers. */
const ODD: readonly (readonly [name: string, line: string, id: unknown])[] = [
  ['an empty line', '', null],
  ['blanks', '   ', null],
  ['no JSON', 'select 1', null],
  ['half an object', '{"id": "half", "sql": ', null],
  ['a number', '17', null],
  ['null', 'null', null],
  ['a list', '[{"id": 1}]', null],
  ['an empty object', '{}', null],
  ['a wrong type', '{"id": "w", "sql": 17, "query": 17}', 'w'],
  ['an id of another type', '{"id": {"a": 1}, "sql": "select 1", "query": "select 1"}', { a: 1 }],
  [
    'a NUL in the statement',
    JSON.stringify({ id: 'nul', sql: 'select \u0000', query: 'select \u0000', mvs: [] }),
    'nul',
  ],
  [
    'a lone surrogate',
    '{"id": "sur", "sql": "select \'\\ud800\'", "query": "select \'\\ud800\'", "mvs": []}',
    'sur',
  ],
  [
    'an unknown dialect',
    '{"id": "d", "dialect": "klingon", "sql": "select 1", "query": "select 1", "mvs": []}',
    'd',
  ],
  ['an empty statement', '{"id": "e", "sql": "", "query": "", "mvs": []}', 'e'],
  ['only a comment', '{"id": "c", "sql": "-- nothing", "query": "-- nothing", "mvs": []}', 'c'],
  [
    'a line separator of Unicode',
    '{"id": "ls", "sql": "select \u2028 1", "query": "select \u2028 1", "mvs": []}',
    'ls',
  ],
];

function answersOf(stdout: string): readonly Record<string, unknown>[] {
  expect(stdout.endsWith('\n') || stdout === '').toBe(true);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe.for([
  ['shape', SHAPE],
  ['match', MATCH],
] as const)('goldsmith %s', ([verb, good]) => {
  it('answers every odd line in its place, and the good ones between them', async () => {
    const lines = ODD.flatMap(([, line], at) => [line, good(`good ${at}`)]);

    const { code, stdout, stderr } = await cli([verb], {
      stdin: linesOf([`${lines.join('\n')}\n`]),
    });

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const answers = answersOf(stdout);
    expect(answers.map(({ id }) => id)).toEqual(ODD.flatMap(([, , id], at) => [id, `good ${at}`]));
    for (const [at, [name]] of ODD.entries()) {
      const { error, unparsed, because, level, answer } = answers[at * 2] ?? {};
      expect([name, error ?? unparsed ?? because ?? level ?? answer]).not.toEqual([
        name,
        undefined,
      ]);
      expect(answers[at * 2 + 1]).not.toHaveProperty('error');
    }
  });

  it('answers a last line without its line end, and lines that end in CRLF', async () => {
    const { stdout } = await cli([verb], { stdin: linesOf([`${good(1)}\r\n`, good(2)]) });

    expect(answersOf(stdout).map(({ id }) => id)).toEqual([1, 2]);
  });

  it('answers nothing to nothing, with exit code 0', async () => {
    expect(await cli([verb], { stdin: linesOf([]) })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('answers a huge line, and those behind it, in order', async () => {
    const huge = SHAPE('huge', `select ${'a + '.repeat(700_000)}a from t`);
    const wide = SHAPE('wide', `select '${'x'.repeat(3_000_000)}' from t`);

    const { code, stdout } = await cli([verb], {
      stdin: linesOf([[good('first'), huge, wide, good('last')].join('\n')]),
    });

    expect(code).toBe(0);
    expect(answersOf(stdout).map(({ id }) => id)).toEqual(['first', 'huge', 'wide', 'last']);
  });

  it('keeps the order over many lines, at a good pace', async () => {
    const lines = Array.from({ length: 150 }, (_, id) => good(id));
    const startedAt = performance.now();

    const { code, stdout } = await cli([verb], {
      stdin: linesOf(lines.map((line) => `${line}\n`)),
    });

    const seconds = (performance.now() - startedAt) / 1000;
    expect(code).toBe(0);
    expect(answersOf(stdout).map(({ id }) => id)).toEqual(
      Array.from({ length: 150 }, (_, id) => id),
    );
    process.stdout.write(`${verb}: ${Math.round(150 / seconds)} lines a second\n`);
    expect(seconds).toBeLessThan(50);
  });

  it('reads no further ahead than it answers', async () => {
    let pulled = 0;
    let written = 0;
    let ahead = 0;
    function* lines(): Generator<string> {
      for (let id = 0; id < 400; id += 1) {
        pulled += 1;
        yield `${good(id)}\n`;
      }
    }
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        ahead = Math.max(ahead, pulled - written);
        written += 1;
        setImmediate(done);
      },
    });
    const streams = { env: {}, stdin: Readable.from(lines(), { highWaterMark: 1 }), stdout };

    const code = await runCli([verb], { ...streams, stderr: new PassThrough() });

    expect({ code, written }).toEqual({ code: 0, written: 400 });
    expect(ahead).toBeLessThan(64);
  });

  it('answers a line while its input is still open', async () => {
    const running = start([verb]);
    running.process.stdin?.write(`${good('at once')}\n`);

    await running.saying('at once');

    running.process.stdin?.end();
    expect(await running.ended).toMatchObject({ code: 0 });
  });
});

describe('a batch verb in a pipe', () => {
  it('ends quietly when its reader has seen enough, as in `goldsmith shape | head -1`', async () => {
    const running = start(['shape']);
    const { stdin, stdout } = running.process;
    stdin?.on('error', () => {});
    for (let id = 0; id < 2000; id += 1) {
      stdin?.write(`${SHAPE(id)}\n`);
    }
    await running.saying('"id":0');
    stdout?.destroy();
    stdin?.end();

    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('ends with exit code 0 when its input is closed at once', async () => {
    expect(await goldsmith(['match'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
