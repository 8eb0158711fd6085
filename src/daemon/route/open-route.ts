import type { GoldsmithService } from '../../http/service.ts';
import type { Engine } from '../engine.ts';
import { openFirstUse } from './first-use.ts';
import { openRouteService } from './route-service.ts';
import type { RouteWorld } from './route-world.ts';

/** The `route` of one Goldsmith: counted and timed, with its first uses compared and paid for. */
export function openRoute(
  engine: Engine,
  world: () => RouteWorld | undefined,
): GoldsmithService['route'] {
  const { parsers, clock, store, config, connector, metrics, memory, priceCpu } = engine;
  const route = openRouteService({
    parse: parsers.parse,
    clock,
    asks: store.routeAsks,
    capabilities: connector.capabilities,
    holdOutShare: config.savings.holdOutShare,
    world,
    firstUse: openFirstUse({
      connector,
      documents: store.documents,
      clock,
      timeoutMs: config.caps.replayStatementTimeout,
      minimumGain: config.decide.minimumGain,
      priceCpu,
      onWork: (work) =>
        memory.work.put(`${work.at}/${work.relation}/first-use/${work.cpuMs}`, work),
    }),
  });
  return async (request) => {
    const startedAt = performance.now();
    const answer = await route(request);
    metrics.observe('goldsmith_route_duration_seconds', (performance.now() - startedAt) / 1000);
    metrics.add('goldsmith_route_requests_total', {
      answer: answer.answer === 'base' && answer.heldOut ? 'hold-out' : answer.answer,
    });
    return answer;
  };
}
