import type { BoundExpr } from '../sql/bound.ts';

export const WEEKS = 'on which day a week begins depends on the session';
export const WRITTEN = 'how a time is written or read as a text depends on the session';
export const MAPPED =
  'whether timestamp has a time zone depends on the session; timestamp_ntz says it has none';
export const IN_ZONE = 'what moment it is depends on the time zone of the session';

/** What is known of an expression. */
export interface Kinds {
  readonly isTime: (piece: unknown) => boolean;
  readonly isText: (piece: unknown) => boolean;
}

/** What of a call may come out otherwise where a parameter of the session is another, in words; nothing where nothing does. */
export function whyByCall(
  { name, args }: Extract<BoundExpr, { readonly kind: 'call' }>,
  { isTime, isText }: Kinds,
): string | undefined {
  const texts = args.flatMap((arg) => (arg.kind === 'literal' ? [arg.text] : []));
  if (OF_WEEKS.has(name) || (BY_PART.has(name) && texts.some((part) => /^weeks?$/i.test(part)))) {
    return WEEKS;
  }
  if (BY_MAPPING.has(name)) {
    return MAPPED;
  }
  if (BY_ZONE.has(name) || (name === 'convert_timezone' && args.length < 3)) {
    return IN_ZONE;
  }
  const format = args[1]?.kind === 'literal' ? args[1].text : undefined;
  if (READING.has(name)) {
    // The century of two digits is the session's too.
    const isSaid = format !== undefined && !/(^|[^y])yy([^y]|$)/i.test(format);
    return isText(args[0]) && !isTime(args[0]) && !isSaid ? WRITTEN : undefined;
  }
  if (WRITING.has(name)) {
    return isTime(args[0]) && format === undefined ? WRITTEN : undefined;
  }
  return TEXTUAL.has(name) && isTime(args) ? WRITTEN : undefined;
}

const OF_WEEKS = setOf('week weekofyear yearofweek dayofweek');
const BY_PART = setOf(
  'date_trunc trunc last_day datediff timediff timestampdiff time_slice date_part',
);
const BY_MAPPING = setOf('to_timestamp try_to_timestamp timestamp_from_parts timestampfromparts');
const BY_ZONE = setOf(
  `to_timestamp_ltz to_timestamp_tz try_to_timestamp_ltz try_to_timestamp_tz timestamp_ltz_from_parts
  timestamp_tz_from_parts`,
);
const READING = setOf(
  'to_date try_to_date date to_time try_to_time time to_timestamp_ntz try_to_timestamp_ntz',
);
const WRITING = setOf('to_char to_varchar');
const TEXTUAL = setOf(
  'lower upper trim ltrim rtrim length substr substring replace concat concat_ws left right like',
);

function setOf(names: string): ReadonlySet<string> {
  return new Set(names.split(/\s+/));
}
