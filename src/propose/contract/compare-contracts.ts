import { formatDuration } from '../../base/duration.ts';
import { isSameType, isWidening } from '../../drift/is-widening.ts';
import type {
  ContractChange,
  ContractColumn,
  ContractLevel,
  DataContract,
} from './data-contract.ts';

/**
 * How two contracts of one relation differ, the gravest first. The rule: what breaks a promise a reader may rely on
 * (a column removed, renamed, narrowed, reordered; a key, a bound or not-null taken back) is major; what adds one (a column, a wider
 * type, a key, a tighter bound) is minor; the rest is words, and a patch.
 */
export function compareContracts(
  before: DataContract,
  after: DataContract,
): readonly ContractChange[] {
  const changes = [
    ...columnChanges(before, after),
    ...orderChange(before, after),
    ...keyChange(before.key, after.key),
    ...rowsChange(before.minimumRows ?? 0, after.minimumRows ?? 0),
    ...freshnessChange(before.maxStalenessMs, after.maxStalenessMs),
    ...wordChanges(before, after),
  ];
  return changes.toSorted((a, b) => RANK[b.level] - RANK[a.level]);
}

const RANK = { major: 2, minor: 1, patch: 0 } as const;

/** The gravest of the changes. */
export function levelOf(changes: readonly ContractChange[]): ContractLevel | 'none' {
  const [first, ...rest] = changes;
  return rest.reduce<ContractLevel | 'none'>(
    (gravest, { level }) => (gravest === 'none' || RANK[level] > RANK[gravest] ? level : gravest),
    first?.level ?? 'none',
  );
}

/** `1.4.2` raised by a minor change is `1.5.0`. Undefined where the text is no version. */
export function raiseVersion(version: string, level: ContractLevel | 'none'): string | undefined {
  const parts = VERSION.exec(version);
  if (parts === null) {
    return undefined;
  }
  const [major, minor, patch] = [parts[2], parts[3], parts[4]].map((part) => Number(part ?? 0));
  const raised = {
    none: [major, minor, patch],
    patch: [major, minor, (patch ?? 0) + 1],
    minor: [major, (minor ?? 0) + 1, 0],
    major: [(major ?? 0) + 1, 0, 0],
  }[level];
  return level === 'none' ? version : `${parts[1] ?? ''}${raised.join('.')}`;
}

const VERSION = /^(v?)(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?$/;

function columnChanges(before: DataContract, after: DataContract): readonly ContractChange[] {
  const was = new Map(before.columns.map((column) => [column.name, column]));
  const is = new Map(after.columns.map((column) => [column.name, column]));
  return [
    ...before.columns
      .filter(({ name }) => !is.has(name))
      .map(({ name }) => major(`column ${name} is gone`)),
    ...after.columns.flatMap((column) => {
      const former = was.get(column.name);
      return former === undefined
        ? [minor(`column ${column.name} is new`)]
        : columnChange(former, column);
    }),
  ];
}

function columnChange(was: ContractColumn, is: ContractColumn): readonly ContractChange[] {
  const { name } = is;
  const widened = isWidening(was.type, is.type);
  const retyped = `column ${name} is ${is.type} instead of ${was.type}`;
  return [
    ...(was.type === '' || isSameType(was.type, is.type)
      ? []
      : [widened ? minor(`${retyped}, which is wider`) : major(retyped)]),
    ...promise(was.notNull, is.notNull, `column ${name} is never null`),
    ...promise(was.unique, is.unique, `column ${name} has no value twice`),
    ...(was.description === is.description ? [] : [patch(`column ${name} is described anew`)]),
  ];
}

function promise(
  was: boolean | undefined,
  is: boolean | undefined,
  says: string,
): readonly ContractChange[] {
  if ((was ?? false) === (is ?? false)) {
    return [];
  }
  return [is === true ? minor(`promised: ${says}`) : major(`promised no more: ${says}`)];
}

/** Whoever reads by position is broken by another order of what was there before. */
function orderChange(before: DataContract, after: DataContract): readonly ContractChange[] {
  const was = new Set(before.columns.map(({ name }) => name));
  const is = new Set(after.columns.map(({ name }) => name));
  const kept = before.columns.map(({ name }) => name).filter((name) => is.has(name));
  const now = after.columns.map(({ name }) => name).filter((name) => was.has(name));
  const first = kept.findIndex((name, i) => name !== now[i]);
  return first === -1 ? [] : [major(`columns stand in another order from ${kept[first]} on`)];
}

function keyChange(
  was: readonly string[] | undefined,
  is: readonly string[] | undefined,
): readonly ContractChange[] {
  const told = (key: readonly string[]) => `no two rows agree on ${key.join(', ')}`;
  if (was === undefined || is === undefined) {
    return [
      ...(is === undefined ? [] : [minor(`promised: ${told(is)}`)]),
      ...(was === undefined ? [] : [major(`promised no more: ${told(was)}`)]),
    ];
  }
  if (was.toSorted().join('\0') === is.toSorted().join('\0')) {
    return [];
  }
  const isStronger = is.every((name) => was.includes(name));
  const says = `${told(is)}, instead of ${was.join(', ')}`;
  return [isStronger ? minor(says) : major(says)];
}

function rowsChange(was: number, is: number): readonly ContractChange[] {
  if (was === is) {
    return [];
  }
  const says = `at least ${is} rows are promised instead of ${was}`;
  return [is > was ? minor(says) : major(says)];
}

function freshnessChange(
  was: number | undefined,
  is: number | undefined,
): readonly ContractChange[] {
  if (was === is) {
    return [];
  }
  const told = (ms: number | undefined) => (ms === undefined ? 'any age' : formatDuration(ms));
  const says = `answers may be ${told(is)} old instead of ${told(was)}`;
  return [(is ?? Infinity) < (was ?? Infinity) ? minor(says) : major(says)];
}

function wordChanges(before: DataContract, after: DataContract): readonly ContractChange[] {
  return [
    ...(before.owner === after.owner ? [] : [patch(`${after.owner ?? 'nobody'} owns it now`)]),
    ...(before.purpose === after.purpose ? [] : [patch('its purpose is told anew')]),
    ...(before.statement === after.statement ? [] : [patch('it is computed by another statement')]),
    ...(before.physicalType === after.physicalType
      ? []
      : [patch(`it is stored as a ${after.physicalType} instead of a ${before.physicalType}`)]),
  ];
}

function major(says: string): ContractChange {
  return { level: 'major', says };
}

function minor(says: string): ContractChange {
  return { level: 'minor', says };
}

function patch(says: string): ContractChange {
  return { level: 'patch', says };
}
