import { sha256 } from '../../base/digest.ts';
import type { RelationId } from '../../base/relation.ts';
import type { Mart, MartDefinition } from '../../marts/mart.ts';
import type { Action } from '../../plan/action.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { retireContract } from '../contract/retire-contract.ts';
import { updateContract } from '../contract/update-contract.ts';
import type { FileChange, Proposal } from '../proposal.ts';
import { contractOf } from './contract-of.ts';
import { martPath } from './mart-path.ts';
import { removeMartSql, writeMartSql } from './mart-sql.ts';
import type { SaidOfColumn } from './said-of-columns.ts';
import type { FileSettings } from './settings.ts';
import type { FileOutcome, WantedFile } from './wanted-file.ts';

export interface FilesParts {
  readonly settings: FileSettings;
  readonly dialect: Dialect;
  /** From the ledger. */
  readonly martOf: (mart: RelationId) => Mart | undefined;
  /** Columns no two rows of a definition agree on, where that is known. */
  readonly keyOf?: (definition: MartDefinition) => readonly string[] | undefined;
  /** What is said of a definition's columns where they come from. */
  readonly saidOf?: (definition: MartDefinition) => ReadonlyMap<string, SaidOfColumn> | undefined;
}

/** The files of a proposal: those it brings along, and of each mart it changes the statement and the contract; nothing else. */
export function filesOf(
  { files, steps }: Pick<Proposal, 'files' | 'steps'>,
  parts: FilesParts,
): readonly WantedFile[] {
  const brought = files.map(broughtFile);
  const paths = new Set(brought.map(({ path }) => path));
  const ofMarts = [...Map.groupBy(steps, ({ action }) => action.mart)].flatMap(([mart, its]) =>
    martFiles(
      { relation: mart, mart: parts.martOf(mart), actions: its.map(({ action }) => action) },
      parts,
    ),
  );
  return [...brought, ...ofMarts.filter(({ path }) => !paths.has(path))];
}

/** An edit made from a text holds for that text alone: on another it would take back what somebody wrote since. */
function broughtFile({ path, text, was }: FileChange): WantedFile {
  return {
    path,
    write(now) {
      const isAsSeen = was === undefined || was === (now === undefined ? '' : sha256(now));
      return isAsSeen || now === text
        ? { kind: 'text', text }
        : {
            kind: 'left-alone',
            because: 'it is not the text the change was made from: bring the checkout up to date',
          };
    },
  };
}

interface ChangedMart {
  readonly relation: RelationId;
  readonly mart: Mart | undefined;
  readonly actions: readonly Action[];
}

function martFiles(
  { relation, mart, actions }: ChangedMart,
  { settings, dialect, keyOf, saidOf }: FilesParts,
): readonly WantedFile[] {
  const sqlPath = martPath(settings.sql, relation);
  const contractPath = martPath(settings.contracts, relation);
  if (actions.some(({ kind }) => kind === 'release-mart')) {
    return [
      { path: sqlPath, write: (now) => removeMartSql(now, relation) },
      { path: contractPath, write: retired },
    ];
  }
  const definition =
    actions.flatMap((action) => ('definition' in action ? [action.definition] : []))[0] ??
    mart?.definition;
  if (definition === undefined) {
    return [];
  }
  const wanted = contractOf(definition, {
    mart,
    tombstoned: tombstonedAfter(mart, actions),
    isStored: isStoredAfter(mart, actions),
    owner: settings.owner,
    key: keyOf?.(definition),
    said: saidOf?.(definition),
  });
  return [
    {
      path: sqlPath,
      write: (now) => writeMartSql(now, { mart: relation, sql: definition.sql, dialect }),
    },
    {
      path: contractPath,
      write(now) {
        const written = updateContract({ text: now, wanted });
        return written.kind === 'written' ? { kind: 'text', text: written.text } : written;
      },
    },
  ];
}

/** A contract outlives its mart: whoever relied on it reads there that it ended. */
function retired(now: string | undefined): FileOutcome {
  return { kind: 'text', text: now === undefined ? undefined : retireContract(now) };
}

function tombstonedAfter(mart: Mart | undefined, actions: readonly Action[]): ReadonlySet<string> {
  const gone = new Set(
    (mart?.pruned ?? []).filter(({ stage }) => stage === 'tombstoned').map(({ name }) => name),
  );
  for (const action of actions) {
    for (const { name, to } of action.kind === 'mark-attributes' ? action.changes : []) {
      if (to === 'tombstoned') {
        gone.add(name);
      } else {
        gone.delete(name);
      }
    }
  }
  return gone;
}

function isStoredAfter(mart: Mart | undefined, actions: readonly Action[]): boolean {
  return actions.reduce((isStored, action) => {
    if (action.kind === 'repoint-view') {
      return action.to.kind === 'version';
    }
    return isStored || STORES.has(action.kind);
  }, mart?.stage === 'physical');
}

const STORES: ReadonlySet<Action['kind']> = new Set([
  'build-version',
  'fill-version',
  'adopt-table',
]);
