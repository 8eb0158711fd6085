import { readFileSync } from 'node:fs';
import type { RelationId } from '../base/relation.ts';
import type { HandedOver } from '../candidates/enumeration.ts';
import type { MartSettings } from '../marts/settings.ts';
import type { DialectName } from '../sql/dialect.ts';
import type { ParseSql } from '../sql/parse-sql.ts';

type Listed = MartSettings['adoptable'][number];

/** What an entry of `marts.adoptable` is about, as it is written there. */
export function nameOfAdoptable({ view, table }: Listed): string {
  return view ?? table ?? '';
}

export interface ReadAdoptablesParts {
  readonly parse: ParseSql;
  readonly dialect: DialectName;
  readonly nameOf: (written: string) => RelationId;
  /** What was taken over has its definition in the ledger. */
  readonly isOurs: (relation: RelationId) => boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Adoptable {
  readonly view: RelationId;
  readonly maxStalenessMs: number;
  readonly handedOver?: HandedOver;
}

/** The views and tables that may be taken over; definitions handed over with tables are read anew in every cycle. */
export async function readAdoptables(
  listed: readonly Listed[],
  { parse, dialect, nameOf, isOurs, signal }: ReadAdoptablesParts,
): Promise<readonly Adoptable[]> {
  const texts = listed.map((one) =>
    one.table === undefined || isOurs(nameOf(one.table)) ? undefined : textOfDefinition(one),
  );
  const read = texts.flatMap((text) => (text?.kind === 'text' ? [text.sql] : []));
  const outcomes = await parse(
    read.map((sql) => ({ sql, dialect })),
    signal,
  );
  let next = 0;
  return listed.map((one, at) => {
    const text = texts[at];
    const named = {
      view: nameOf(nameOfAdoptable(one)),
      maxStalenessMs: one.maxStaleness,
    };
    if (text === undefined) {
      return named;
    }
    if (text.kind === 'unread') {
      return { ...named, handedOver: text };
    }
    const outcome = outcomes[next];
    next += 1;
    const [statement, ...more] = outcome?.kind === 'parsed' ? outcome.statements : [];
    const handedOver: HandedOver =
      statement?.kind === 'query' && more.length === 0
        ? { kind: 'read', sql: text.sql, query: statement.query }
        : {
            kind: 'unread',
            because: `the definition handed over is not one query we can read${outcome?.kind === 'unparsed' ? `: ${outcome.because}` : ''}`,
          };
    return { ...named, handedOver };
  });
}

type DefinitionText =
  | { readonly kind: 'text'; readonly sql: string }
  | { readonly kind: 'unread'; readonly because: string };

/** What an entry hands over with its table, read anew where it stands in a file. */
export function textOfDefinition({ definition, definitionFile }: Listed): DefinitionText {
  if (definitionFile === undefined) {
    return { kind: 'text', sql: bare(definition ?? '') };
  }
  try {
    return { kind: 'text', sql: bare(readFileSync(definitionFile, 'utf8')) };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    return {
      kind: 'unread',
      because: `its definition file ${definitionFile} cannot be read (${code})`,
    };
  }
}

function bare(sql: string): string {
  return sql.trim().replace(/;\s*$/, '');
}
