/** A family of date shards, as BigQuery keeps them: `events_20240101`, `events_20240102`... */
export interface ShardFamily {
  /** What stands before the date: `events`. Empty where a table's name is the date alone. */
  readonly stem: string;
  /** What the catalog may call the whole family; the first is what we call it. */
  readonly names: readonly string[];
}

const SHARD = /^(|.*[^0-9])[0-9]{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$/;
const WILDCARD = /^(.*?)(?:_[0-9]*)?\*$/;

/** The family a table name belongs to: one day's shard, or a wildcard over days. */
export function shardFamilyOf(name: string): ShardFamily | undefined {
  const written = (SHARD.exec(name) ?? WILDCARD.exec(name))?.[1];
  if (written === undefined) {
    return undefined;
  }
  const stem = written.replace(/_+$/, '');
  const separated = stem === '' ? '' : `${stem}_`;
  return { stem, names: [`${separated}yyyymmdd`, `${separated}*`, `${stem}*`] };
}

/** Whether a table is one of the family's shards, in whatever case. */
export function isShardOf(name: string, { stem }: ShardFamily): boolean {
  return SHARD.test(name) && shardFamilyOf(name)?.stem.toLowerCase() === stem.toLowerCase();
}
