import type { RelationId } from '../../base/relation.ts';
import type { DbtProject } from '../../lineage/dbt/dbt-project.ts';
import { renderModel } from '../../lineage/dbt/render-model.ts';
import type { MartDefinition } from '../../marts/mart.ts';
import { tokenize } from '../../sql/lexer.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import { wordAt } from '../../sql/own-words/name-places.ts';
import { quoteName, quoteRelation } from '../../sql/print/quote-name.ts';
import { DOT, isPunctuation, tokenText } from '../../sql/tokens.ts';
import { expandedIn, type ModelWorld, readModel } from './read-model.ts';

/** A relation, and the names its columns have in a model that hands its rows on one by one. */
interface Staged {
  readonly source: RelationId;
  readonly model: RelationId;
  /** By the source's name in lower case. */
  readonly names: ReadonlyMap<string, string>;
}

type Statement = Pick<MartDefinition, 'sql' | 'sources'>;

/**
 * A printed statement over raw sources as the project would write it: over the models that stage them, by the names they give. Undefined where no
 * source has one such model. The text is not read again here; whoever uses it compares both.
 */
export async function throughStaging(
  statement: Statement,
  parts: { readonly project: DbtProject; readonly world: ModelWorld },
): Promise<Statement | undefined> {
  let staged: Statement | undefined;
  for (const { id, relation } of parts.project.sources) {
    const isRaw =
      statement.sources.includes(relation) &&
      !parts.project.models.some((model) => model.relation === relation);
    const stages = isRaw ? await stagesOf({ id, relation }, parts) : [];
    const [only, another] = stages;
    const written =
      only === undefined || another !== undefined
        ? undefined
        : renamed(staged ?? statement, only, parts.world);
    staged = written ?? staged;
  }
  return staged;
}

async function stagesOf(
  { id, relation }: { readonly id: string; readonly relation: RelationId },
  { project, world }: { readonly project: DbtProject; readonly world: ModelWorld },
): Promise<readonly Staged[]> {
  const stages: Staged[] = [];
  for (const model of project.models) {
    const isNear =
      model.kind === 'model' &&
      model.package === project.name &&
      model.isPrivate !== true &&
      model.materialized === 'view' &&
      model.dependsOn.includes(id);
    const rendered = isNear ? renderModel(model, { project, source: model.rawCode }) : undefined;
    if (rendered?.kind !== 'rendered' || model.relation === undefined) {
      continue;
    }
    const read = await readModel(rendered.rendering.sql, expandedIn(world));
    const names = read.kind === 'read' ? handedOn(read.query, relation) : undefined;
    stages.push(
      ...(names === undefined ? [] : [{ source: relation, model: model.relation, names }]),
    );
  }
  return stages;
}

/** Columns that a query hands on as they are, where it gives a row for each row of the table. */
function handedOn(
  { body, outputs, limit, offset }: NormalQuery,
  relation: RelationId,
): ReadonlyMap<string, string> | undefined {
  const block = body.kind === 'block' ? body.block : undefined;
  const isRowByRow =
    block?.from.kind === 'table' &&
    block.from.relation === relation &&
    block.where.length + block.having.length + block.barriers.length === 0 &&
    block.groupBy === undefined &&
    !block.distinct &&
    limit === undefined &&
    offset === undefined;
  return isRowByRow
    ? new Map(
        block.items.flatMap(({ expr, name }, at) =>
          expr.kind === 'ref' ? [[expr.column.toLowerCase(), outputs[at] ?? name] as const] : [],
        ),
      )
    : undefined;
}

/** The statement over the model instead of its source; undefined where a column of it is not handed on. */
function renamed(
  { sql, sources }: Statement,
  { source, model, names }: Staged,
  { dialect }: ModelWorld,
): Statement | undefined {
  const written = quoteRelation(source, dialect.name);
  const pieces = sql.split(`${written} as `);
  if (pieces.length < 2) {
    return undefined;
  }
  const aliases = new Set(pieces.slice(1).flatMap((piece) => /^\w+/.exec(piece) ?? []));
  const text = pieces.join(`${quoteRelation(model, dialect.name)} as `);
  const tokens = tokenize(text, dialect.lexical);
  let result = '';
  let done = 0;
  for (let at = 0; at + 2 < tokens.count; at += 1) {
    const isColumn =
      aliases.has(tokenText(tokens, at)) &&
      isPunctuation(tokens, at + 1, DOT) &&
      !isPunctuation(tokens, at - 1, DOT);
    if (!isColumn) {
      continue;
    }
    const column = wordAt(tokens, at + 2);
    const name = names.get(column.toLowerCase());
    if (name === undefined) {
      return undefined;
    }
    const isItem = name !== column && isBareItem(at, tokens);
    result += `${text.slice(done, tokens.starts[at + 2])}${quoteName(name, dialect.name)}${isItem ? ` as ${quoteName(column, dialect.name)}` : ''}`;
    done = tokens.ends[at + 2] ?? done;
  }
  return {
    sql: result + text.slice(done),
    sources: sources.map((each) => (each === source ? model : each)),
  };
}

/** Whether the column alone is an output of the statement: before its FROM, between SELECT or a comma and a comma or FROM. */
function isBareItem(at: number, tokens: ReturnType<typeof tokenize>): boolean {
  const word = (index: number) => tokenText(tokens, index).toLowerCase();
  let depth = 0;
  for (let index = 0; index < at; index += 1) {
    depth += word(index) === '(' ? 1 : word(index) === ')' ? -1 : 0;
    if (depth === 0 && word(index) === 'from') {
      return false;
    }
  }
  return (
    depth === 0 && ['select', ','].includes(word(at - 1)) && [',', 'from'].includes(word(at + 3))
  );
}
