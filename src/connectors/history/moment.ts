import type { EpochMs } from '../../base/clock.ts';

/** `2026-01-31`, `2026-01-31T10:00`, `2026-01-31 10:00:00.123456+02`, `...Z`. */
const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;

/** Milliseconds between 1973 and 5138: what is outside is seconds or microseconds mistaken for milliseconds. */
const EARLIEST_MS = 1e11;
const LATEST_MS = 1e14;

/**
 * A moment out of an export: ISO 8601 (without a zone it is UTC) or milliseconds since 1970, as number or digits.
 * Absent when it is neither.
 */
export function momentOf(value: unknown): EpochMs | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) && value >= EARLIEST_MS && value < LATEST_MS ? value : undefined;
  }
  if (typeof value !== 'string') {
    return undefined;
  }
  if (value.length === 24 && value[10] === 'T' && value.endsWith('Z')) {
    return parsed(value);
  }
  if (/^\d{12,14}(\.\d+)?$/.test(value)) {
    return momentOf(Number(value));
  }
  const match = ISO.exec(value.trim());
  if (match === null) {
    return undefined;
  }
  const [, day = '', minutes = '00:00', seconds = '00', fraction = '0', zone] = match;
  const millis = fraction.padEnd(3, '0').slice(0, 3);
  return parsed(`${day}T${minutes}:${seconds}.${millis}${zoneOf(zone)}`);
}

function parsed(iso: string): EpochMs | undefined {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? undefined : at;
}

function zoneOf(zone: string | undefined): string {
  if (zone === undefined || /^(z|utc)$/i.test(zone)) {
    return 'Z';
  }
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone.slice(0, 1)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
