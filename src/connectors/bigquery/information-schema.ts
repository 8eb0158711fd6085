import { quoteName } from './quote.ts';

/** One project's datasets in one location. */
export interface Region {
  readonly project: string;
  readonly location: string;
}

/** A view of INFORMATION_SCHEMA over all datasets of a region; the qualifier is needed, and jobs must run there. */
export function regionView({ project, location }: Region, view: string): string {
  return `${quoteName(project)}.${quoteName(`region-${location.toLowerCase()}`)}.INFORMATION_SCHEMA.${view}`;
}

/** A view of INFORMATION_SCHEMA that exists for one dataset at a time only. */
export function datasetView(
  { project, dataset }: { readonly project: string; readonly dataset: string },
  view: string,
): string {
  return `${quoteName(project)}.${quoteName(dataset)}.INFORMATION_SCHEMA.${view}`;
}
