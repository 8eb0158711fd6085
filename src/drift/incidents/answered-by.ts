import type { Mart } from '../../marts/mart.ts';
import type { Symptom } from './incident.ts';

/** How readers of a mart in trouble are answered, as it stands now. */
export function answeredBy(
  { stage, current, held }: Mart,
  {
    kind,
    viewsFollow,
  }: Pick<Symptom, 'kind'> & {
    /** A view holds on to what it reads through renames, whatever its text says. */
    readonly viewsFollow: boolean;
  },
): string {
  if (stage === 'physical' && current !== undefined) {
    const asOf = `${new Date(current.verifiedFreshAt).toISOString().slice(0, 16)}Z`;
    return held === undefined
      ? `readers have version ${current.version}, as of ${asOf}, until its staleness bound has passed`
      : `readers keep version ${current.version}, as of ${asOf}`;
  }
  if (kind !== 'definition-broken') {
    return 'readers are answered from the definition: by what its sources hold now';
  }
  return viewsFollow
    ? 'readers are answered by the view, which holds on to what it was made of'
    : 'there is no version to answer from: readers get the error of the warehouse until the definition is followed or its source is put back';
}
