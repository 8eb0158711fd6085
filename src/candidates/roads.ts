import type { Answer, Candidate } from './candidate.ts';
import type { TemplateDemand } from './demand.ts';

/** Executions of one template, split by whether a road leads them to the mart. */
export interface RoadSplit {
  readonly reachable: readonly {
    readonly day: string;
    readonly reader: string;
    readonly client: string;
    readonly runs: number;
  }[];
  readonly unreachable: readonly {
    readonly day: string;
    readonly reader: string;
    readonly client: string;
    readonly runs: number;
  }[];
}

/**
 * By stable name, and where the warehouse rewrites it by itself, every run of the template arrives; by `route` those whose client
 * asks `route` before it runs a statement. All else has no road (law 2).
 */
export function splitByRoad(
  answer: Pick<Answer, 'how' | 'rewritten'>,
  {
    demand,
    routeClients,
  }: { readonly demand: TemplateDemand; readonly routeClients: ReadonlySet<string> },
): RoadSplit {
  const isReached = (client: string) => roadOf(answer) !== 'route' || routeClients.has(client);
  return {
    reachable: demand.asks.filter(({ client }) => isReached(client)),
    unreachable: demand.asks.filter(({ client }) => !isReached(client)),
  };
}

/** The road it comes by, or by which those come who ask for it. */
export function roadOf({
  how,
  rewritten,
}: Pick<Answer, 'how' | 'rewritten'>): Answer['how'] | 'rewritten' {
  return how === 'route' && rewritten === true ? 'rewritten' : how;
}

/** Whether the statement names the mart's stable view, itself or through another view. */
export function namesTheMart(demand: TemplateDemand, { definition }: Candidate): boolean {
  return demand.template.shape.relations.some(({ relation }) => relation === definition.relation);
}
