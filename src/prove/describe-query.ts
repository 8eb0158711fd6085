import type { CallOptions, Session } from '../connectors/connector.ts';
import type { MartColumn } from '../marts/mart.ts';
import { derived } from './quote.ts';

/** Names and types a SELECT returns, in order, without running it. Rejects where it does not bind. */
export async function describeQuery(
  session: Session,
  { sql, ...options }: CallOptions & { readonly sql: string },
): Promise<readonly MartColumn[]> {
  const { columns } = await session.query(
    `select * from ${derived(sql, 'described')} limit 0`,
    options,
  );
  return columns.map(({ name, type }) => ({ name, type }));
}

/** Says in words how two column lists differ, or nothing when names, order and types are the same. */
export function columnsDiffer(
  expected: readonly MartColumn[],
  found: readonly MartColumn[],
): string | undefined {
  if (expected.length !== found.length) {
    return `${expected.length} columns expected, ${found.length} found`;
  }
  for (const [position, column] of expected.entries()) {
    const other = found[position];
    if (other === undefined || other.name !== column.name) {
      return `column ${position + 1} should be ${column.name}, found ${other?.name ?? 'none'}`;
    }
    if (!sameType(column.type, other.type)) {
      return `column ${column.name} should be ${column.type}, found ${other.type}`;
    }
  }
  return undefined;
}

export function sameType(left: string, right: string): boolean {
  return spelled(left) === spelled(right);
}

/** One spelling for all: blanks, case and needless quotes do not matter, but inside the texts of an ENUM they do. */
function spelled(type: string): string {
  return type
    .split(/('(?:[^']|'')*')/)
    .map((piece, position) =>
      position % 2 === 1
        ? piece
        : piece
            .replaceAll(/\s+/g, ' ')
            .replaceAll(/\s*([(),])\s*/g, '$1')
            .replaceAll(/"([A-Za-z_][A-Za-z0-9_]*)"/g, '$1')
            .toUpperCase(),
    )
    .join('');
}
