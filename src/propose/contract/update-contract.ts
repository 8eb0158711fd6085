import { type Document, visit } from 'yaml';
import { isSameType } from '../../drift/is-widening.ts';
import { openYaml } from '../files/yaml-as-written.ts';
import { compareContracts, levelOf, raiseVersion } from './compare-contracts.ts';
import type { DataContract, WrittenContract } from './data-contract.ts';
import { editContract } from './edit-contract.ts';
import { contractIn } from './read-contract.ts';
import { writeContract } from './write-contract.ts';

/** What a mart's contract should say; its version follows from what the file says now. */
export type WantedContract = Omit<DataContract, 'version'>;

export interface UpdateRequest {
  /** Absent: there is no file yet. */
  readonly text: string | undefined;
  readonly wanted: WantedContract;
  /** Former to new names: what people wrote about a column goes with it. For the compatibility rule it is still another column. */
  readonly renames?: ReadonlyMap<string, string>;
}

/**
 * Makes the contract, or edits its document tree: only what differs is touched, so that comments, own rules and further keys of people
 * stay. Columns the mart does not have are taken out. The version is raised by the compatibility rule; without a difference the text comes back as it was.
 */
export function updateContract({ text, wanted, renames }: UpdateRequest): WrittenContract {
  if (text === undefined) {
    const version = '1.0.0';
    return {
      kind: 'written',
      text: writeContract({ ...wanted, version }),
      version,
      level: 'none',
      changes: [],
    };
  }
  const opened = openYaml(text);
  if ('because' in opened) {
    return { kind: 'left-alone', because: opened.because };
  }
  const { document } = opened;
  if (holdsAliases(document)) {
    return { kind: 'left-alone', because: 'it uses aliases, so one place may stand for several' };
  }
  const read = contractIn(document, wanted.relation);
  if (read.kind === 'unreadable') {
    return { kind: 'left-alone', because: read.because };
  }
  const before = read.contract;
  const after = settled(before, wanted);
  const changes = compareContracts(before, after);
  const level = levelOf(changes);
  const version = raiseVersion(before.version, level);
  if (version === undefined) {
    return {
      kind: 'left-alone',
      because: 'the version it carries is not of the form 1.2.3',
    };
  }
  if (level !== 'none') {
    editContract(document, { before, after: { ...after, version }, renames: renames ?? new Map() });
  }
  return {
    kind: 'written',
    text: level === 'none' ? text : opened.write(),
    before: before.version,
    version,
    level,
    changes,
  };
}

/** Where nothing is wanted, what the file says stands. */
function settled(before: DataContract, wanted: WantedContract): DataContract {
  const was = new Map(before.columns.map((column) => [column.name, column]));
  const { owner, purpose, key, minimumRows, maxStalenessMs, statement, ...rest } = before;
  return {
    ...rest,
    ...optional({
      owner: owner ?? wanted.owner,
      purpose: purpose ?? wanted.purpose,
      key: wanted.key ?? stillThere(key, wanted),
      minimumRows: wanted.minimumRows ?? minimumRows,
      maxStalenessMs: wanted.maxStalenessMs ?? maxStalenessMs,
      statement: wanted.statement ?? statement,
    }),
    physicalType: wanted.physicalType,
    columns: wanted.columns.map((column) => {
      const former = was.get(column.name);
      return {
        name: column.name,
        type:
          former !== undefined && sameOrUnknown(former.type, column.type)
            ? former.type
            : column.type,
        ...optional({
          notNull: column.notNull ?? former?.notNull,
          unique: column.unique ?? former?.unique,
          description: former === undefined ? column.description : former.description,
          tags: former === undefined ? column.tags : undefined,
        }),
      };
    }),
  };
}

function sameOrUnknown(was: string, is: string): boolean {
  return is === '' || (was !== '' && isSameType(was, is));
}

/** A key that lost a column is no key. */
function stillThere(
  key: readonly string[] | undefined,
  { columns }: WantedContract,
): readonly string[] | undefined {
  const names = new Set(columns.map(({ name }) => name));
  return key?.every((name) => names.has(name)) === true ? key : undefined;
}

type Known<Parts> = { [Name in keyof Parts]?: Exclude<Parts[Name], undefined> };

function optional<Parts extends object>(parts: Parts): Known<Parts> {
  return Object.fromEntries(
    Object.entries(parts).filter(([, value]) => value !== undefined),
  ) as Known<Parts>;
}

function holdsAliases(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias() {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}
