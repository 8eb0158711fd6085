import type { RelationId } from '../base/relation.ts';
import type { CallOptions, Session } from '../connectors/connector.ts';
import type { Wording } from '../connectors/wording.ts';
import type { MartColumn } from '../marts/mart.ts';
import { numberCell, onlyRow, textCell } from './cells.ts';
import { derived } from './quote.ts';

/** Some rows and columns of one relation, as a SELECT. */
export interface RegionText {
  readonly relation: RelationId;
  readonly sql: string;
  /** What the SELECT returns. */
  readonly columns: readonly MartColumn[];
}

/** The content of a region at one moment. */
export interface RegionState {
  readonly relation: RelationId;
  readonly rows: number;
  /** Order-free checksum, as decimal text. */
  readonly checksum: string;
}

/** Rows and an order-free checksum of a region on the session's snapshot: one pass, no sort. */
export async function measureRegion(
  session: Session,
  { relation, sql, columns, ...options }: RegionText & CallOptions,
): Promise<RegionState> {
  const measures = regionMeasures({ sql, columns }, session.wording);
  const [rows, checksum] = onlyRow(await session.query(measures, options));
  return { relation, rows: numberCell(rows), checksum: textCell(checksum) ?? '0' };
}

/** Whether the region's content is still that of a state: a condition, for use inside a statement. */
export function stillIs(
  region: Pick<RegionText, 'sql' | 'columns'>,
  {
    state: { rows, checksum },
    wording,
  }: { readonly state: RegionState; readonly wording: Wording },
): string {
  const now = derived(regionMeasures(region, wording), 'region_now');
  return `(select region_rows = ${rows} and region_checksum = ${wording.names.text(checksum)} from ${now})`;
}

function regionMeasures(
  { sql, columns }: Pick<RegionText, 'sql' | 'columns'>,
  { content, names, types }: Wording,
): string {
  const hash = content.rowHash(columns.map(({ name, type }) => ({ sql: names.quote(name), type })));
  return `select count(*) as region_rows, coalesce(cast(sum(${hash}) as ${types.text}), '0') as region_checksum\nfrom ${derived(sql, 'region')}`;
}
