/** Units an ODCS service level may be written in, largest first. */
const UNITS: readonly (readonly [ms: number, short: string, ...long: readonly string[]])[] = [
  [86_400_000, 'd', 'day', 'days'],
  [3_600_000, 'h', 'hr', 'hour', 'hours'],
  [60_000, 'm', 'min', 'minute', 'minutes'],
  [1000, 's', 'sec', 'second', 'seconds'],
];

/** The largest unit that gives a whole number: 90 minutes are `90 m`, two hours `2 h`. */
export function asServiceLevel(ms: number): { readonly value: number; readonly unit: string } {
  const [size, unit] = UNITS.find(([each]) => ms !== 0 && ms % each === 0) ?? [1000, 's'];
  return { value: ms / size, unit };
}

/** Milliseconds of a service level; undefined for a unit or value nobody agreed on. */
export function ofServiceLevel(value: unknown, unit: unknown): number | undefined {
  const size = UNITS.find(([, ...names]) => names.includes(String(unit).toLowerCase()))?.[0];
  const amount = typeof value === 'number' ? value : Number.NaN;
  return size === undefined || !Number.isFinite(amount) || amount < 0 ? undefined : amount * size;
}
