import type { RelationId } from '../base/relation.ts';
import { agreementOf, differenceOf } from '../sql/agreement.ts';
import type { BlockFacts } from '../sql/block-facts.ts';
import { canonicalBlocks } from '../sql/canonical-blocks.ts';
import { type Confidence, confidenceOf } from '../sql/confidence.ts';
import { equiClasses } from '../sql/equi-classes.ts';
import type { ReaderName } from '../sql/parse-sql.ts';
import type {
  Agreement,
  ColumnOf,
  ColumnUse,
  JoinUse,
  LineageSource,
  Shape,
} from '../sql/query-shape.ts';

/** One output line of `goldsmith shape`. Relations and columns are told in dotted notation, unquoted. */
export interface ShapeAnswer {
  readonly id: unknown;
  readonly level?: Shape['level'];
  readonly fingerprint?: string;
  readonly tables?: readonly string[];
  readonly columns?: readonly string[];
  readonly joins?: readonly {
    readonly left: string;
    readonly right: string;
    readonly kind: JoinUse['kind'];
  }[];
  readonly lineage?: readonly { readonly column: string; readonly sources: readonly string[] }[];
  /** Reasons for `partial`, one clause each. */
  readonly notUnderstood?: readonly string[];
  /** Which reader took the text, and how far its facts can be trusted. */
  readonly reader?: ReaderName;
  readonly confidence?: Confidence;
  /** With `--witness`: what a second reader said. */
  readonly agreement?: Agreement;
  /** What a write writes. */
  readonly targets?: readonly string[];
  /** Each column with what it is used for, and whether by name or only by a star. */
  readonly uses?: readonly {
    readonly column: string;
    readonly roles: ColumnUse['roles'];
    readonly by: ColumnUse['by'];
  }[];
  readonly equiClasses?: readonly {
    readonly kind: JoinUse['kind'];
    readonly columns: readonly string[];
  }[];
  /** Filters as ranges, groupings and measures, block by block. */
  readonly blocks?: readonly BlockFacts[];
  /** Why no grammar accepted the text. */
  readonly unparsed?: string;
  /** What is wrong with the input line itself. */
  readonly error?: string;
}

/** The facts of a text's statements, united. */
export function unionOf(
  shapes: readonly Shape[],
  witness?: readonly Shape[],
): Omit<ShapeAnswer, 'id' | 'fingerprint'> {
  const agreement = witness && agreementOf(shapes, witness);
  const difference = agreement?.kind === 'differs' ? [differenceOf(agreement)] : [];
  const open = shapes.flatMap((shape) => shape.notUnderstood);
  const notUnderstood = [...new Set([...open, ...difference])];
  const level = notUnderstood.length === 0 ? 'full' : 'partial';
  const joins = shapes.flatMap((shape) => shape.joins);
  const uses = shapes.flatMap((shape) => shape.columns);
  const targets = shapes.flatMap(({ target }) => (target === undefined ? [] : [target]));
  const [first] = shapes;
  return {
    level,
    tables: distinct(
      shapes.flatMap(({ relations }) => relations.map(({ relation }) => relationText(relation))),
    ),
    columns: distinct(uses.map(columnText)),
    joins: joins.map(({ left, right, kind }) => ({
      left: columnText(left),
      right: columnText(right),
      kind,
    })),
    lineage: lineageOf(shapes),
    ...(notUnderstood.length === 0 ? {} : { notUnderstood }),
    ...(first === undefined
      ? {}
      : {
          reader: first.reader,
          confidence: confidenceOf({
            level,
            reader: first.reader,
            ...(agreement && { agreement }),
          }),
        }),
    ...(agreement === undefined ? {} : { agreement }),
    ...(targets.length === 0 ? {} : { targets: distinct(targets.map(relationText)) }),
    uses: uses.map(({ relation, column, roles, by }) => ({
      column: columnText({ relation, column }),
      roles,
      by,
    })),
    equiClasses: equiClasses(joins).map(({ kind, columns }) => ({
      kind,
      columns: columns.map(columnText),
    })),
    blocks: shapes.flatMap(({ query }) => (query === undefined ? [] : canonicalBlocks(query))),
  };
}

function lineageOf(shapes: readonly Shape[]): NonNullable<ShapeAnswer['lineage']> {
  const edges = new Map<string, Set<string>>();
  for (const { column, sources } of shapes.flatMap((shape) => shape.lineage)) {
    const known = edges.get(column) ?? new Set();
    sources.forEach((source) => known.add(sourceText(source)));
    edges.set(column, known);
  }
  return [...edges].map(([column, sources]) => ({ column, sources: [...sources] }));
}

function columnText({ relation, column }: ColumnOf): string {
  return `${relationText(relation)}.${column}`;
}

/** `t.column`, `t.column.field.inside`. */
function sourceText(source: LineageSource): string {
  const { field } = source;
  return field === undefined ? columnText(source) : `${columnText(source)}.${field}`;
}

/** A relation's parts joined by dots, unquoted: for people and for comparing, not for SQL. */
function relationText(id: RelationId): string {
  return id.replaceAll(/"((?:[^"]|"")*)"/g, (_, part: string) => part.replaceAll('""', '"'));
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
