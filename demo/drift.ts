import { shortName } from '../src/daemon/cycle-report.ts';
import type { SchemaEvent } from '../src/drift/schema-event.ts';
import type { Report } from '../src/http/service.ts';
import type { Mart } from '../src/marts/mart.ts';
import { readContract } from '../src/propose/contract/read-contract.ts';
import { filesOf } from '../src/propose/files/files-of.ts';
import { fileSettings } from '../src/propose/files/settings.ts';
import type { Dialect } from '../src/sql/dialect.ts';
import { isSame } from './is-same.ts';
import type { Team } from './team.ts';

/** What became of the marts when a column was renamed under them. */
export interface DriftStory {
  /** What happened upstream. */
  readonly change: string;
  /** Marts whose definitions read the column, and how each goes on. */
  readonly marts: readonly { readonly relation: string; readonly reaction: string }[];
  /** Who reads them. */
  readonly dashboards: readonly string[];
  /** The pull request's branch in the team's repository. */
  readonly branch: string;
  readonly contractBefore: string;
  readonly contractAfter: string;
  /** Statements of the dashboards, each sent before the change, after it, after the cycle and after the merge. */
  readonly answers: number;
  /** All of them answered as before, each time. */
  readonly answersKept: boolean;
  /** What Slack was told in the cycle that saw it. */
  readonly told: readonly string[];
}

/** The marts as a night left them. */
export interface DriftNight {
  readonly marts: readonly Mart[];
}

export interface DriftParts {
  readonly dialect: Dialect;
  readonly team: Team;
  /** The rows of what a dashboard asks, sorted. */
  readonly answer: (sql: string) => Promise<readonly string[]>;
  /** Whoever owns the sources does this to them. */
  readonly change: (sql: string) => Promise<unknown>;
  readonly last: DriftNight;
  readonly nextNight: () => Promise<DriftNight>;
  /** What is known to have changed in the schema, latest first. */
  readonly changes: () => Promise<readonly SchemaEvent[]>;
  readonly dashboardSql: readonly string[];
  readonly say: (text: string) => void;
}

const MART = 'gold.daily_sales';
/** What a line's quantity is called in the end. */
export const RENAMED_QUANTITY = 'order_quantity';
const RENAME = `alter table silver.order_lines rename column quantity to ${RENAMED_QUANTITY}`;
const CONTRACT_PATH = 'contracts/gold/daily_sales.odcs.yaml';

/**
 * Somebody renames a column that a mart of two dashboards is made from. In the cycle that sees it a branch with the rewritten
 * statement and the raised contract stands in the team's repository and Slack is told; the dashboards' statements are answered throughout.
 */
export async function tellDrift(parts: DriftParts): Promise<DriftStory | undefined> {
  const { dialect, team, last, nextNight, dashboardSql, say } = parts;
  const mart = last.marts.find(({ definition }) => shortName(definition.relation) === MART);
  if (mart?.stage !== 'physical') {
    return undefined;
  }
  team.commit(filesOfTeam(mart, dialect));
  const ask = async () => {
    const answers = [];
    for (const sql of dashboardSql) {
      answers.push(await parts.answer(sql));
    }
    return answers;
  };
  const before = await ask();
  const isKept = async () => {
    const now = await ask();
    return before.every((rows, at) => isSame(rows, now[at] ?? []));
  };

  await parts.change(RENAME);
  const kept = [await isKept()];
  team.heard();
  const seen = await nextNight();
  kept.push(await isKept());
  const branch = team
    .branches()
    .find((name) => name.startsWith('goldsmith/follow/gold-daily_sales'));
  const told = team.heard();
  if (branch === undefined) {
    return undefined;
  }
  const contractBefore = versionOf(team.file('main', CONTRACT_PATH), mart);
  const contractAfter = versionOf(team.file(branch, CONTRACT_PATH), mart);
  const event = (await parts.changes()).find(({ kind }) => kind === 'column-renamed');
  say(`\nA column is renamed under the marts\n  ${event?.says ?? RENAME}`);
  say(`  branch ${branch}, contract ${contractBefore} -> ${contractAfter}`);
  say(team.diff(branch).replaceAll(/^/gm, '    '));
  for (const text of told) {
    say(`  Slack: ${text}`);
  }

  team.merge(branch);
  const followed = await nextNight();
  kept.push(await isKept());
  return {
    change: event?.says ?? RENAME,
    marts: reactionsOf(last, seen, followed),
    dashboards: (event?.readers ?? [])
      .filter(({ reader }) => reader.kind === 'dashboard')
      .map(({ reader }) => reader.name),
    branch,
    contractBefore,
    contractAfter,
    answers: dashboardSql.length * kept.length,
    answersKept: kept.every((one) => one),
    told: told.map((text) => text.split('\n')[0] ?? ''),
  };
}

/** The changes of the schema that the daemon's report tells. */
export function changesIn({ value }: Report): readonly SchemaEvent[] {
  return (value as { readonly events: readonly SchemaEvent[] }).events;
}

/** The mart's statement and contract as they would stand in the repository of a team that agreed to it. */
function filesOfTeam(mart: Mart, dialect: Dialect): ReadonlyMap<string, string> {
  const { relation } = mart.definition;
  const files = filesOf(
    {
      files: [],
      steps: [
        {
          action: { kind: 'mark-attributes', mart: relation, changes: [] },
          because: 'the team keeps its gold layer in a repository',
          evidence: {},
        },
      ],
    },
    {
      settings: fileSettings.parse({ owner: 'retail analytics' }),
      dialect,
      martOf: () => mart,
      keyOf: () => ['order_date', 'region', 'category'],
    },
  );
  return new Map(
    files.flatMap(({ path, write }) => {
      const written = write(undefined);
      return written.kind === 'text' && written.text !== undefined ? [[path, written.text]] : [];
    }),
  );
}

function versionOf(text: string, { definition }: Mart): string {
  const read = readContract(text, definition.relation);
  return read.kind === 'contract' ? read.contract.version : read.because;
}

function reactionsOf(
  before: DriftNight,
  seen: DriftNight,
  followed: DriftNight,
): DriftStory['marts'] {
  return [
    ...rewrittenBetween(before, seen).map((relation) => ({
      relation,
      reaction: 'rewritten at once',
    })),
    ...rewrittenBetween(seen, followed).map((relation) => ({
      relation,
      reaction: 'kept its last version until the branch was merged, then rewritten',
    })),
  ];
}

/** Marts that have one more former definition than before. */
function rewrittenBetween(before: DriftNight, after: DriftNight): readonly string[] {
  const times = new Map(
    before.marts.map(({ definition, former = [] }) => [definition.relation, former.length]),
  );
  return after.marts
    .filter(({ definition, former = [] }) => former.length > (times.get(definition.relation) ?? 0))
    .map(({ definition }) => shortName(definition.relation));
}
