/** How a host could not be reached, as the operating system and the name server tell it. */
export interface NetworkFault {
  readonly kind: 'unknown name' | 'no lookup' | 'refused' | 'silent' | 'no way' | 'no socket';
  /** The name that was looked up, where the fault tells it: a proxy's, too. */
  readonly host?: string;
}

/** Drivers keep the system's error somewhere within their own, by its code or in their words. */
const FAULTS: readonly (readonly [RegExp, NetworkFault['kind']])[] = [
  [/ENOTFOUND/, 'unknown name'],
  [/EAI_AGAIN/, 'no lookup'],
  [/ECONNREFUSED/, 'refused'],
  [/ENOENT/, 'no socket'],
  [/EHOSTUNREACH|ENETUNREACH|EHOSTDOWN/, 'no way'],
  [/ETIMEDOUT|ESOCKETTIMEDOUT|timeout (expired|exceeded)|read timeout|timed out/, 'silent'],
];

const LOOKED_UP = /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) ([\w.-]+)/;

/** Nothing where the fault is none of the way to a host: a connection that broke, say. */
export function networkFaultOf(cause: unknown): NetworkFault | undefined {
  const told = toldBy(cause, 0).join('\n');
  const kind = FAULTS.find(([pattern]) => pattern.test(told))?.[1];
  const host = LOOKED_UP.exec(told)?.[1];
  return kind === undefined ? undefined : { kind, ...(host === undefined ? {} : { host }) };
}

const DEEPEST = 4;

/** Codes and messages, those within before those around them. */
function toldBy(error: unknown, depth: number): readonly string[] {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) {
    return [];
  }
  const { code, message, cause, errors } = error as Readonly<Record<string, unknown>>;
  const inner = [cause, ...(Array.isArray(errors) ? (errors as readonly unknown[]) : [])];
  return [...inner.flatMap((one) => toldBy(one, depth + 1)), ...[code, message].filter(isText)];
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
