import type { CertificateEntry } from '../../marts/certificate.ts';
import type { Embedding } from './embed.ts';
import type { PreparedMart } from './prepared.ts';

/** What a certificate says of how the mart's sources stand for the query's. */
export function entriesOf(
  embedding: Embedding,
  { mart, joinsBack }: { readonly mart: PreparedMart; readonly joinsBack: boolean },
): readonly CertificateEntry[] {
  const mapped: CertificateEntry = {
    step: 'tables-mapped',
    because: `${embedding.occurrences.size} sources of the query are joined in ${mart.view.relation} as the query joins them`,
    facts: [],
  };
  const back: CertificateEntry = {
    step: 'joined-back',
    because: 'the other sources are joined to the mart’s rows of the same snapshot',
    facts: [],
  };
  return joinsBack ? [mapped, back] : [mapped];
}

/** What it says of left joins that facts made inner ones. */
export function turnedEntry(facts: readonly string[]): readonly CertificateEntry[] {
  return facts.length === 0
    ? []
    : [{ step: 'left-join-is-inner', because: 'each row of the left join finds a row', facts }];
}
