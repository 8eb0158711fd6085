import type { DialectName } from '../dialect.ts';
import { RESOLVE_RULES } from '../dialects/resolving.ts';
import type { Expr } from '../ir.ts';

type Call = Extract<Expr, { readonly kind: 'call' }>;

/** Where a function takes a bare word for a part of a date: argument positions from 0. */
const PART_AT: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...['dateadd', 'datediff', 'date_part', 'timeadd', 'timediff', 'timestampadd'].map((name) =>
    at(name, 0),
  ),
  ...['timestampdiff', 'date_add', 'datetime_part', 'datename', 'datepart'].map((name) =>
    at(name, 0),
  ),
  at('date_trunc', 0, 1),
  ...['trunc', 'last_day'].map((name) => at(name, 1)),
  ...['timestamp_trunc', 'datetime_trunc', 'time_trunc'].map((name) => at(name, 1)),
  ...['timestamp_diff', 'datetime_diff', 'time_diff'].map((name) => at(name, 2)),
  ['date_diff', [0, 2]],
]);

function at(name: string, ...positions: readonly number[]): [string, readonly number[]] {
  return [name, positions];
}

const PARTS = new Set(
  `microsecond millisecond nanosecond second minute hour day dayofweek dayofyear week isoweek month quarter year
  isoyear decade century epoch epoch_second epoch_millisecond epoch_microsecond weekday dow doy yy yyyy qq mm dd
  hh mi ss ms us ns y q w d h m s dw wk ww weekiso week_iso dayofweekiso dayofweek_iso yearofweek yearofweekiso
  days weeks months quarters years hours minutes seconds`.split(/\s+/),
);

/** `date_add(day, 3)` is three days after column `day`; with a part the function has three arguments. */
const HAS_PART_OF_THREE = new Set(
  'dateadd datediff timeadd timediff timestampadd timestampdiff date_add date_diff'.split(' '),
);

/** The call with bare date parts (`date_trunc(d, month)`, `dateadd(day, 1, d)`) as literals, not columns. */
export function withDateParts(call: Call, dialect: DialectName): Call {
  const positions = PART_AT.get(call.name);
  if (positions === undefined || RESOLVE_RULES[dialect].datePartsAreStrings) {
    return call;
  }
  if (HAS_PART_OF_THREE.has(call.name) && call.args.length !== 3) {
    return call;
  }
  const isNamed = call.args.some(
    (arg) => arg.kind === 'literal' && arg.type === 'string' && PARTS.has(arg.text.toLowerCase()),
  );
  // `date_trunc('month', day)` has its part already: `day` is a column.
  if (isNamed) {
    return call;
  }
  const parts = positions.flatMap((index) => {
    const arg = call.args[index];
    const part = arg === undefined ? undefined : partOf(arg);
    return part === undefined ? [] : [{ index, part }];
  });
  // `date_trunc(day, month)`: one of the two is the part, the other a column.
  const found = parts.at(RESOLVE_RULES[dialect].datePartsComeLast ? -1 : 0);
  return found === undefined
    ? call
    : {
        ...call,
        args: call.args.with(found.index, { kind: 'literal', type: 'other', text: found.part }),
      };
}

function partOf(arg: Expr): string | undefined {
  if (arg.kind === 'call' && arg.name === 'week' && arg.args.length === 1) {
    const [day] = arg.args;
    return day?.kind === 'column' ? `week(${wordOf(day) ?? ''})` : undefined;
  }
  const word = arg.kind === 'column' ? wordOf(arg) : undefined;
  return word !== undefined && PARTS.has(word) ? word : undefined;
}

function wordOf({ path }: Extract<Expr, { readonly kind: 'column' }>): string | undefined {
  const [only] = path;
  return path.length === 1 && only?.quoted === false ? only.name.toLowerCase() : undefined;
}
