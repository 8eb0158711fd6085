/** What later stages keep: accumulators, receipts, plans, recordings, verified facts, work done. */
export const createDocuments = `
create table documents (
  kind text not null,
  key text not null,
  value text not null,
  primary key (kind, key)
) strict, without rowid;
`;
