/** The logical type ODCS knows a warehouse's type as; undefined where none fits. */
export function logicalType(type: string): LogicalType | undefined {
  const word = type.toLowerCase().trim();
  return TYPES.find(([pattern]) => pattern.test(word))?.[1];
}

export type LogicalType =
  | 'string'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'number'
  | 'integer'
  | 'object'
  | 'array'
  | 'boolean';

/** The first that fits; containers before what they contain. */
const TYPES: readonly (readonly [pattern: RegExp, type: LogicalType])[] = [
  [/\]$|^(array|list|repeated)\b/, 'array'],
  [/^(struct|row|record|map|json|jsonb|object|variant|super)\b/, 'object'],
  [/^(timestamp|datetime)/, 'timestamp'],
  [/^date$/, 'date'],
  [/^time/, 'time'],
  [/^bool/, 'boolean'],
  [
    /^(u?(tiny|small|big|huge)int|u?int(eger|\d{1,3})?|long|short|byte|number\(\d+(,\s*0)?\))$/,
    'integer',
  ],
  [/^(big)?(numeric|decimal|number)|^(real|double|float)/, 'number'],
  [/^(n?varchar|n?char|character|bpchar|text|string|uuid|enum|citext|name)\b/, 'string'],
];
