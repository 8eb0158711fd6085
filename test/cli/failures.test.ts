import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BY_REGION, LOOSE, SmallWorld } from '../scenarios/small-world.ts';
import { freePort } from './a-command.ts';
import { type Answered, cli } from './in-process.ts';

/** One sentence, a non-zero exit, nothing on stdout; and with `--json` the same with a stable code. */
function expectOneSentence(answer: Answered, code: number, sentence: RegExp): void {
  expect(answer.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(answer.stderr).toMatch(/^goldsmith: /);
  expect(answer.stderr).toMatch(sentence);
  expect(answer.stderr).not.toMatch(/\bat .*\.ts:\d+|unexpected fault/);
  expect({ code: answer.code, stdout: answer.stdout }).toEqual({ code, stdout: '' });
}

describe('what a new user gets wrong, on the command line', () => {
  let world: SmallWorld;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    world = await SmallWorld.open();
    world.dashboards(0);
    await world.leave();
  });
  afterAll(() => world.close());

  function config(sections: Readonly<Record<string, unknown>> = {}): string {
    const path = join(world.folder, 'goldsmith.yaml');
    const settings = {
      ...LOOSE,
      log: { level: 'silent' },
      warehouse: { path: world.warehousePath },
      history: { source: 'export', path: world.historyPath },
      state: { path: world.statePath },
      http: { port },
      ...sections,
    };
    writeFileSync(path, JSON.stringify(settings));
    return path;
  }

  it('names a config file that is not there', async () => {
    const answer = await cli(['doctor', '-c', 'nowhere.yaml']);

    expectOneSentence(
      answer,
      2,
      /nowhere\.yaml: there is no such file; name a config file with --config/,
    );
  });

  it('says that a config is a directory', async () => {
    expectOneSentence(await cli(['once', '-c', world.folder]), 2, /it is a directory/);
  });

  it('says that a config may not be read', async () => {
    const path = join(world.folder, 'closed.yaml');
    writeFileSync(path, '');
    chmodSync(path, 0o000);
    const isRoot = process.getuid?.() === 0;

    const answer = await cli(['once', '-c', path]);

    expect(answer.code).toBe(2);
    expect(answer.stderr).toMatch(isRoot ? /history/ : /cannot be read \(EACCES\)/);
  });

  it('names every problem of a config at once, with path and line', async () => {
    const path = join(world.folder, 'bad.yaml');
    writeFileSync(
      path,
      'mode: sometimes\nwarehose:\n  path: x\nhistory:\n  source: export\n  path: h\ncaps:\n  maxMarts: -1\n',
    );

    for (const verb of ['check-config', 'once', 'run', 'doctor']) {
      const answer = await cli([verb, '-c', path]);
      expect(answer).toMatchObject({ code: 2, stdout: '' });
      expect(answer.stderr).toContain('bad.yaml:1: mode: ');
      expect(answer.stderr).toContain(
        'bad.yaml:2: warehose: unknown setting; did you mean `warehouse`?',
      );
      expect(answer.stderr).toContain('bad.yaml:8: caps.maxMarts: ');
    }
    const told = await cli(['once', '--json', '-c', path]);
    expect(JSON.parse(told.stderr)).toMatchObject({
      error: {
        code: 'CONFIG_INVALID',
        problems: expect.arrayContaining([expect.objectContaining({ line: 2 })]),
      },
    });
  });

  it('says which environment variable is missing', async () => {
    const path = join(world.folder, 'env.yaml');
    writeFileSync(
      path,
      'warehouse:\n  path: ${LAKE_NOT_SET}\nhistory:\n  source: export\n  path: h\n',
    );

    const answer = await cli(['doctor', '-c', path]);

    expect(answer.code).toBe(2);
    expect(answer.stderr).toContain('env.yaml:2: the environment variable LAKE_NOT_SET is not set');
  });

  it('does not make a warehouse that is not there', async () => {
    const path = join(world.folder, 'no-such.duckdb');

    for (const verb of ['once', 'doctor', 'run', 'explain']) {
      const answer = await cli([verb, '-c', config({ warehouse: { path } })]);

      expectOneSentence(answer, 1, /no-such\.duckdb/);
      expect(existsSync(path)).toBe(false);
    }
  });

  it('leaves no byte changed in a warehouse it only observes', async () => {
    const before = readFileSync(world.warehousePath);

    const answer = await cli([
      'once',
      '-c',
      config({ mode: 'observe', state: { path: join(world.folder, 'observing.sqlite') } }),
    ]);

    expect(answer.code).toBe(0);
    expect(readFileSync(world.warehousePath).equals(before)).toBe(true);
  });

  it('says that a file is no warehouse, and leaves it as it was', async () => {
    const path = join(world.folder, 'notes.txt');
    writeFileSync(path, 'these are notes, and no warehouse at all\n'.repeat(200));

    const answer = await cli(['once', '-c', config({ warehouse: { path } })]);

    expectOneSentence(answer, 1, /notes\.txt/);
    expect(readFileSync(path, 'utf8')).toContain('these are notes');
  });

  it('says that the history is missing, and works once it is there', async () => {
    const missing = join(world.folder, 'no-history.jsonl');
    const path = config({ history: { source: 'export', path: missing } });

    expectOneSentence(await cli(['once', '-c', path]), 1, /no-history\.jsonl/);
    const told = await cli(['once', '--json', '-c', path]);
    expect(JSON.parse(told.stderr)).toMatchObject({
      error: { code: expect.stringMatching(/^[A-Z_]+$/) },
    });
  });

  it('says that a verb needs more, and that it does not know one', async () => {
    const route = await cli(['route']);
    expect(route.code).toBe(2);
    expect(route.stderr).toContain("required option '--sql <statement>' not specified");

    const told = await cli(['route', '--json']);
    expect(told).toMatchObject({ code: 2, stdout: '' });
    expect(JSON.parse(told.stderr)).toEqual({
      error: {
        code: 'BAD_USAGE',
        message: "required option '--sql <statement>' not specified",
      },
    });

    const typo = await cli(['explian']);
    expect(typo.code).toBe(2);
    expect(typo.stderr).toContain('Did you mean explain?');
  });

  it('reads the rest of a history with torn and foreign lines, and says where they stand', async () => {
    const torn = join(world.folder, 'torn.jsonl');
    const recent = new Date().toISOString();
    const good = readFileSync(world.historyPath, 'utf8').split('\n').slice(0, 6);
    writeFileSync(
      torn,
      `${good.slice(0, 3).join('\n')}\n{"id": "half\nnull\n\n{"id":"x","text":"select 1"}\n{"id":"y","text":"select from where (","endedAt":"${recent}"}\n${good.slice(3).join('\n')}\n{"id":"last","text":"select max(order_id) from silver.orders","ende`,
    );
    const path = config({
      mode: 'observe',
      history: { source: 'export', path: torn },
      state: { path: join(world.folder, 'torn.sqlite') },
    });

    const answer = await cli(['once', '-c', path]);

    expect(answer.code).toBe(0);
    expect(answer.stdout).toMatch(/^history {3}7 statements used/m);
    expect(answer.stdout).toContain('torn.jsonl:4: ');
    expect(answer.stdout).toContain('torn.jsonl:5: ');
    expect(answer.stdout).toMatch(/torn\.jsonl:7: .*endedAt/);

    writeFileSync(torn, `${readFileSync(torn, 'utf8')}dAt":"${recent}"}\n`);
    const later = await cli(['once', '--json', '-c', path]);
    expect(JSON.parse(later.stdout)).toMatchObject({ history: { used: 1, duplicate: 0, bad: 0 } });
  });

  it('refuses a state file from a newer version, and leaves it as it was', async () => {
    const path = join(world.folder, 'newer.sqlite');
    const settings = config({ mode: 'observe', state: { path } });
    expect((await cli(['once', '-c', settings])).code).toBe(0);
    const database = new DatabaseSync(path);
    database.exec('pragma user_version = 9999');
    database.close();

    const answer = await cli(['once', '-c', settings]);

    expectOneSentence(answer, 1, /newer\.sqlite.*newer|newer.*newer\.sqlite/);
    const again = new DatabaseSync(path, { readOnly: true });
    expect(again.prepare('pragma user_version').get()).toEqual({ user_version: 9999 });
    again.close();
  });

  it('refuses a damaged state file and a file that is something else, and deletes neither', async () => {
    const path = join(world.folder, 'damaged.sqlite');
    writeFileSync(path, 'not a state file, but somebody’s notes '.repeat(100));

    const answer = await cli(['once', '-c', config({ state: { path } })]);

    expectOneSentence(answer, 1, /damaged\.sqlite/);
    expect(readFileSync(path, 'utf8')).toContain('somebody’s notes');
  });

  it('says that the folder of the state file is missing', async () => {
    const path = join(world.folder, 'no', 'such', 'folder', 'state.sqlite');

    expectOneSentence(await cli(['once', '-c', config({ state: { path } })]), 1, /state\.sqlite/);
  });

  it('says that a state path is a directory', async () => {
    const path = join(world.folder, 'state-folder');
    mkdirSync(path);

    expectOneSentence(await cli(['once', '-c', config({ state: { path } })]), 1, /state-folder/);
    rmSync(path, { recursive: true });
  });

  it('says what a warehouse needs to be opened', async () => {
    const answer = await cli(['once', '-c', config({ warehouse: { kind: 'snowflake' } })]);

    expectOneSentence(answer, 1, /say under warehouse\.snowflake which account it is/);
  });

  it('answers every verb in JSON', async () => {
    const path = config({ mode: 'propose' });
    for (const [verb, ...rest] of [
      ['once'],
      ['plan'],
      ['explain'],
      ['explain', 'gold.daily_sales'],
      ['graph'],
      ['receipts'],
      ['doctor'],
      ['check-config'],
      ['route', '--sql', BY_REGION],
    ]) {
      const answer = await cli([verb ?? '', ...rest, '--json', '-c', path]);

      expect([0, 3]).toContain(answer.code);
      expect(JSON.parse(answer.stdout)).toBeTypeOf('object');
    }
    const refused = await cli(['rollback', 'gold.daily_sales', '--json', '-c', path]);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'NOT_A_MART' } });
  });

  it('explains itself: every verb has help', async () => {
    const help = await cli(['--help']);

    expect(help.code).toBe(0);
    for (const verb of [
      'run',
      'once',
      'plan',
      'apply',
      'explain',
      'graph',
      'route',
      'receipts',
      'rollback',
      'doctor',
      'check-config',
      'shape',
      'match',
    ]) {
      expect(help.stdout).toMatch(new RegExp(`^  ${verb}\\b`, 'm'));
      expect((await cli([verb, '--help'])).code).toBe(0);
    }
  });
});
