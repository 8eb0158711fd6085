import type { EpochMs } from '../base/clock.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import type { NameWording } from '../connectors/wording.ts';
import type { MartColumn, MartDefinition } from '../marts/mart.ts';
import { isSameForm, type SlimForm } from '../marts/slim-form.ts';
import { numberCell } from '../prove/cells.ts';
import { fingerprintBoth } from '../prove/content-fingerprint.ts';
import { describeQuery } from '../prove/describe-query.ts';
import { groupsBeyondTolerance } from '../prove/last-digits.ts';
import { derived } from '../prove/quote.ts';
import { inRanges } from '../prove/range-sql.ts';
import { type Added, verifyAdded } from '../prove/verify-added.ts';
import { verifyObligations } from '../prove/verify-obligations.ts';
import type { ActionOf } from './action-handler.ts';
import type { BuildEvidence } from './check.ts';
import { joinedWithAdded } from './grown-statements.ts';
import type { AddedRows, Made } from './make-whole.ts';
import { tableRanges } from './ranges-of.ts';
import { selectLogical } from './statements.ts';
import type { Work } from './work.ts';

export interface EvidenceRequest {
  readonly work: Work;
  readonly action: Pick<ActionOf<'build-version'>, 'table' | 'slim'>;
  readonly definition: MartDefinition;
  /** How the version readers use is stored, where it is slim. */
  readonly stands: SlimForm | undefined;
  /** The warehouse itself keeps it, or another version of the mart: that must not answer for the definition. Absent: no. */
  readonly isKept?: boolean;
  /** How its table was made: what was taken from the version before is not computed again to compare it. */
  readonly made: Made;
  readonly cpuMs: () => number;
  readonly at: EpochMs;
  /** What the facts' certificates cite. */
  readonly source: string;
}

/** What the checks of a build look at, over the build's own snapshot; the costly pieces only when a check asks. */
export async function gatherEvidence(
  session: Session,
  { work, action, definition, stands, isKept, made, cpuMs, at, source }: EvidenceRequest,
): Promise<BuildEvidence> {
  const { signal } = work;
  const { wording } = session;
  const { names } = wording;
  const face = `select * from ${names.relation(action.table)}`;
  const tableColumns = await describeQuery(session, { sql: face, purpose: 'verify', signal });
  const columns = comparedColumns(definition.columns, { slim: action.slim, stands });
  const only = computedOnly(made, names);
  const sql = narrowed(`${face}${only}`, { columns, of: definition.columns, names });
  const logicalSql =
    made.added === undefined
      ? narrowed(`${selectLogical(definition, wording)}${only}`, {
          columns,
          of: definition.columns,
          names,
        })
      : joinedWithAdded(made.added, { columns, wording });
  return {
    action,
    definition,
    tableColumns,
    cpuMs,
    verified: once(() => {
      const { obligations } = definition;
      const request = { obligations, source, at, purpose: 'facts', signal } as const;
      return made.added === undefined
        ? verifyObligations(session, request)
        : verifyAdded(session, { ...request, added: addedOf(made.added) });
    }),
    beyondTolerance: once(() =>
      groupsBeyondTolerance(session, {
        left: logicalSql,
        right: sql,
        columns,
        purpose: 'verify',
        signal,
      }),
    ),
    tableRanges: once(async () => {
      const { ranges } = made;
      return ranges === undefined
        ? undefined
        : await tableRanges({ session, work }, { table: action.table, ...ranges });
    }),
    kept: made.kept,
    packsHold: once(async () => {
      for (const pack of action.slim?.packs ?? []) {
        if (!(await packHolds(session, { pack, purpose: 'verify', signal }))) {
          return pack.table;
        }
      }
      return undefined;
    }),
    contents: once(async () => {
      const [logical, table] = await fingerprintBoth(session, {
        both: [logicalSql, sql],
        keptOnRight: isKept,
        columns,
        purpose: 'verify',
        signal,
      });
      return { logical, table };
    }),
  };
}

/** Both sides of a comparison begin with `select ... from ...`. */
function computedOnly({ kept }: Made, names: NameWording): string {
  return kept === undefined ? '' : `\nwhere ${inRanges(kept.computed, { ...kept.before, names })}`;
}

function addedOf({ by, before, rows, sourceRows }: AddedRows): Added {
  return { relation: by.source, rows, total: sourceRows, before: before.facts };
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

/**
 * A slim form that readers see for the first time is compared in everything it still answers. Built again in the same form, what
 * is stored is compared, packs are numbered again and keys of side tables were counted: that the rest follows from these was proved
 * by the first.
 */
function comparedColumns(
  columns: readonly MartColumn[],
  { slim, stands }: { readonly slim: SlimForm | undefined; readonly stands: SlimForm | undefined },
): readonly MartColumn[] {
  if (slim === undefined) {
    return columns;
  }
  const isKnown = stands !== undefined && isSameForm(slim, stands);
  return columns.filter((_, at) => {
    const kind = slim.attributes[at]?.kind;
    return kind === 'stored' || ((kind === 'packed' || kind === 'beside') && !isKnown);
  });
}

function narrowed(
  sql: string,
  {
    columns,
    of,
    names,
  }: {
    readonly columns: readonly MartColumn[];
    readonly of: readonly MartColumn[];
    readonly names: NameWording;
  },
): string {
  return columns.length === of.length
    ? sql
    : `select ${columns.map(({ name }) => names.quote(name)).join(', ')}\nfrom ${derived(sql, 'compared')}`;
}

async function packHolds(
  session: Session,
  { pack, ...options }: CallOptions & { readonly pack: SlimForm['packs'][number] },
): Promise<boolean> {
  const { rows } = await session.query(
    `select count(*) from (${pack.sql}\nintersect\nselect * from ${session.wording.names.relation(pack.table)}) as same`,
    options,
  );
  return numberCell(rows[0]?.[0]) === 1;
}
