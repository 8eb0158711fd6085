import { HOUR_MS } from '../src/base/clock.ts';
import type { Application } from './application.ts';
import { customersOf, loadSql } from './lakehouse.ts';
import { pipelineTests } from './workload.ts';

/** The stores deliver once a week, in the night before Monday. */
export function isLoadNight(index: number): boolean {
  return index > 0 && index % 7 === 0;
}

export async function loadNight(
  application: Application,
  night: {
    readonly day: string;
    readonly midnight: number;
    readonly firstOrderId: number;
    readonly ordersADay: number;
    readonly orderLines: number;
  },
): Promise<number> {
  const { day, midnight, firstOrderId, ordersADay, orderLines } = night;
  const daysSince = 7;
  const orders = ordersADay * daysSince;
  const customers = customersOf(orderLines);
  for (const [at, { model, sql }] of loadSql(day, {
    firstOrderId,
    orders,
    days: daysSince,
    customers,
  }).entries()) {
    await application.pipeline(
      { node: `model.retail.${model}`, sql },
      midnight + HOUR_MS + at * 60_000,
    );
  }
  for (const [at, test] of pipelineTests().entries()) {
    await application.pipeline(test, midnight + 2 * HOUR_MS + at * 60_000);
  }
  return firstOrderId + orders;
}
