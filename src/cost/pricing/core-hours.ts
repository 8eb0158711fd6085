import { usd } from '../../base/usd.ts';
import type { Pricing } from '../pricing.ts';

const MS_PER_HOUR = 3_600_000;
const BYTES_PER_GB = 1e9;
const DAYS_PER_MONTH = 30;

/** A machine that runs anyway is not billed: thread time over all cores at a configured core price, storage by the month. */
export const coreHours: Pricing = {
  work: ({ cpuMs }, { usdPerCoreHour }) => usd((cpuMs / MS_PER_HOUR) * usdPerCoreHour),
  storage: ({ bytes, days }, { usdPerGbMonth }) =>
    usd((bytes / BYTES_PER_GB) * (days / DAYS_PER_MONTH) * usdPerGbMonth),
};
