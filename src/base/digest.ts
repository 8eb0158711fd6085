import { createHash } from 'node:crypto';

/**
 * Canonical JSON: keys sorted, `undefined` members left out, bigint as a decimal string.
 * Equal values give equal text on every machine; plan digests rest on it.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'bigint') {
      return member.toString();
    }
    if (member instanceof Map) {
      return Object.fromEntries(
        [...member].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      );
    }
    if (isPlainObject(member)) {
      return Object.fromEntries(
        Object.keys(member)
          .toSorted()
          .map((name) => [name, member[name]]),
      );
    }
    return member;
  });
}

/** SHA-256 of the canonical JSON, the first 32 hex digits. */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value)).slice(0, 32);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
