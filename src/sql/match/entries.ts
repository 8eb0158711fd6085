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

/** What it says of joins that facts made inner ones, on either side: one entry a step. */
export function turnedEntries(turned: readonly CertificateEntry[]): readonly CertificateEntry[] {
  const steps = new Map(turned.map((entry) => [entry.step, entry]));
  return [...steps.values()].map((entry) => ({
    ...entry,
    facts: [...new Set(turned.flatMap((other) => (other.step === entry.step ? other.facts : [])))],
  }));
}
