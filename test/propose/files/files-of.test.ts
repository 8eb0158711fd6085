import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import type { RelationId } from '../../../src/base/relation.ts';
import type { Mart, MartDefinition } from '../../../src/marts/mart.ts';
import type { Action } from '../../../src/plan/action.ts';
import { filesOf } from '../../../src/propose/files/files-of.ts';
import { martPath } from '../../../src/propose/files/mart-path.ts';
import type { SaidOfColumn } from '../../../src/propose/files/said-of-columns.ts';
import { fileSettings } from '../../../src/propose/files/settings.ts';
import { filesToWrite } from '../../../src/propose/files/wanted-file.ts';
import type { FileChange } from '../../../src/propose/proposal.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { aMart } from '../../builders/a-mart.ts';
import { problemsOf } from '../contract/validate-contract.ts';

const GOLD = 'gold.daily_sales' as RelationId;
const SQL = 'marts/gold/daily_sales.sql';
const CONTRACT = 'contracts/gold/daily_sales.odcs.yaml';

const definition: MartDefinition = {
  relation: GOLD,
  origin: 'candidate',
  sql: 'select t1.order_date, sum(t1.amount) as sum_amount\nfrom silver.orders as t1\ngroup by t1.order_date',
  columns: [
    { name: 'order_date', type: 'DATE' },
    { name: 'sum_amount', type: 'DECIMAL(38,2)' },
  ],
  sources: ['silver.orders' as RelationId],
  obligations: [],
  maxStalenessMs: 3_600_000,
};
const create: Action = { kind: 'create-mart', mart: GOLD, definition };
const release: Action = { kind: 'release-mart', mart: GOLD };

interface Asked {
  readonly actions?: readonly Action[];
  readonly files?: readonly FileChange[];
  readonly mart?: Mart;
  readonly repository?: Readonly<Record<string, string>>;
  /** Of the day, where it comes from. */
  readonly said?: SaidOfColumn;
}

function written({
  actions = [],
  files = [],
  mart,
  repository = {},
  said = { description: 'when it was paid' },
}: Asked) {
  const steps = actions.map((action) => ({ action, because: '', evidence: {} }));
  const wanted = filesOf(
    { files, steps },
    {
      settings: fileSettings.parse(undefined),
      dialect: dialectOf('duckdb'),
      martOf: () => mart,
      keyOf: () => ['order_date'],
      saidOf: () => new Map([['order_date', said]]),
    },
  );
  const { changes, leftAlone } = filesToWrite(wanted, (path) => repository[path]);
  return { texts: Object.fromEntries(changes.map(({ path, text }) => [path, text])), leftAlone };
}

/** What the repository holds after the mart was published. */
function published(): Record<string, string> {
  return written({ actions: [create] }).texts as Record<string, string>;
}

describe('the files of a proposal', () => {
  it('say of a new column what is said of it where it comes from, and leave it to people then', () => {
    const said = { description: 'when it was paid', tags: ['personal:no'] };
    const { texts } = written({ actions: [create], said });
    const others = { description: 'another word', tags: ['other'] };

    expect(texts[CONTRACT]).toContain(`      - name: order_date
        logicalType: date
        physicalType: DATE
        description: when it was paid
        tags:
          - personal:no
`);
    expect(problemsOf(texts[CONTRACT] ?? '')).toEqual([]);
    expect(
      written({
        actions: [create],
        said: others,
        repository: texts as Record<string, string>,
      }).texts,
    ).toEqual({});
  });

  it('are the statement and the contract of a new mart, and nothing else', () => {
    const { texts } = written({ actions: [create] });

    expect(Object.keys(texts)).toEqual([CONTRACT, SQL]);
    expect(texts[SQL]).toBe(
      `-- goldsmith: gold.daily_sales\n-- Goldsmith keeps the view of this name equal to this statement.\n${definition.sql}\n;\n`,
    );
    expect(problemsOf(texts[CONTRACT] ?? '')).toEqual([]);
    expect(texts[CONTRACT]).toContain('primaryKey: true');
  });

  it('change nothing where the repository holds them', () => {
    expect(written({ actions: [create], repository: published() }).texts).toEqual({});
  });

  it('leave a statement with other comments and layout as a person put it', () => {
    const repository = published();
    const own = `${repository[SQL]?.split('\n')[0]}\n\n/* for finance */ ${definition.sql.replaceAll('\n', '\n   ')}`;

    expect(written({ actions: [create], repository: { ...repository, [SQL]: own } }).texts).toEqual(
      {},
    );
  });

  it('never write over a file that does not carry the line of this mart', () => {
    const { texts, leftAlone } = written({
      actions: [create],
      repository: { [SQL]: 'select 1 as own' },
    });

    expect(Object.keys(texts)).toEqual([CONTRACT]);
    expect(leftAlone).toEqual([
      { path: SQL, because: 'it does not begin with the line Goldsmith marks its files with' },
    ]);
  });

  it('say in the contract that a table stands behind the view after a build', () => {
    const build = { kind: 'build-version', mart: GOLD, version: 1 } as Action;
    const { texts } = written({
      actions: [build],
      mart: aMart(definition, { stage: 'logical' }),
      repository: published(),
    });

    expect(Object.keys(texts)).toEqual([CONTRACT]);
    expect(texts[CONTRACT]).toContain('physicalType: table\n');
    expect(texts[CONTRACT]).toContain('mustBeGreaterOrEqualTo: 1\n');
  });

  it('take a tombstoned attribute out of the contract, and none that is only hidden', () => {
    const changes = (to: 'hidden' | 'tombstoned') =>
      ({
        kind: 'mark-attributes',
        mart: GOLD,
        changes: [{ name: 'sum_amount', from: 'kept', to, because: '' }],
      }) as const satisfies Action;
    const mart = aMart(definition, { stage: 'logical' });
    delete (mart as { current?: unknown }).current;
    const repository = published();

    expect(written({ actions: [changes('hidden')], mart, repository }).texts).toEqual({});
    const { texts } = written({ actions: [changes('tombstoned')], mart, repository });
    expect(Object.keys(texts)).toEqual([CONTRACT]);
    expect(texts[CONTRACT]).toContain('version: 2.0.0\n');
    expect(texts[CONTRACT]).not.toContain('name: sum_amount');
  });

  it('take the statement of a mart away that is given up, and retire its contract', () => {
    const repository = published();
    const { texts } = written({ actions: [release], mart: aMart(definition), repository });

    expect(texts).toEqual({
      [SQL]: undefined,
      [CONTRACT]: repository[CONTRACT]?.replace('status: active', 'status: retired'),
    });
    expect(written({ actions: [release], mart: aMart(definition) }).texts).toEqual({});
  });

  it('bring an edit along only onto the text it was made from', () => {
    const files = [{ path: 'models/a.sql', text: 'select 2', was: sha256('select 1') }];

    expect(written({ files, repository: { 'models/a.sql': 'select 1' } }).texts).toEqual({
      'models/a.sql': 'select 2',
    });
    expect(written({ files, repository: { 'models/a.sql': 'select 2' } })).toEqual({
      texts: {},
      leftAlone: [],
    });
    expect(written({ files, repository: { 'models/a.sql': 'select 3' } }).leftAlone).toEqual([
      {
        path: 'models/a.sql',
        because: 'it is not the text the change was made from: bring the checkout up to date',
      },
    ]);
  });

  it.each([
    '../a.sql',
    '/etc/a',
    'a/../b',
    '.git/config',
    'a/.github/x',
    'a\\b',
    'a//b',
    'a/b\n',
    '',
  ])('never lie at %j', (path) => {
    expect(() => written({ files: [{ path, text: '' }] })).toThrow(
      expect.objectContaining({ code: 'PROPOSAL_PATH_UNSAFE' }),
    );
  });
});

describe('the path of a mart', () => {
  it.each([
    ['gold.daily_sales', 'm/gold/daily_sales.sql'],
    ['DB.GOLD.DAILY_SALES', 'm/gold/daily_sales.sql'],
    ['gold."../../etc"', /^m\/gold\/_etc-[0-9a-f]{6}\.sql$/],
    ['gold.Daily', /^m\/gold\/daily-[0-9a-f]{6}\.sql$/],
    ['gold."日本"', /^m\/gold\/_-[0-9a-f]{6}\.sql$/],
  ])('of %s is %s', (mart, path) => {
    expect(martPath('m/{schema}/{name}.sql', mart as RelationId)).toMatch(path);
  });
});
