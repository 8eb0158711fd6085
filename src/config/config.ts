import { z } from 'zod';
import { historySettings, warehouseSettings } from '../connectors/settings.ts';
import { decisionSettings } from '../decide/policy.ts';
import { driftSettings } from '../drift/settings.ts';
import { wordsSettings } from '../lineage/words/settings.ts';
import { martSettings } from '../marts/settings.ts';
import { capsSettings } from '../materializer/settings.ts';
import { dbtSettings } from '../propose/dbt/settings.ts';
import { proposeSettings } from '../propose/settings.ts';
import { pruneSettings } from '../prune/settings.ts';
import { savingsSettings } from '../savings/settings.ts';
import { readerSettings } from '../usage/reader-settings.ts';
import { usageSettings } from '../usage/settings.ts';
import {
  httpSettings,
  logSettings,
  notifySettings,
  scheduleSettings,
  stateSettings,
} from './daemon-settings.ts';

/** The whole config file: each stage owns its section, this file puts them together and no stage imports it. */
export const configSchema = z.strictObject({
  mode: z
    .enum(['observe', 'propose', 'auto'])
    .default('observe')
    .describe(
      '`observe` never writes to the warehouse, `propose` makes plans and waits for people to say yes (`goldsmith proposals`, `goldsmith apply`), `auto` acts within the caps.',
    ),
  warehouse: warehouseSettings,
  history: historySettings,
  schedule: scheduleSettings,
  marts: martSettings,
  decide: decisionSettings,
  caps: capsSettings,
  drift: driftSettings,
  prune: pruneSettings,
  propose: proposeSettings,
  dbt: dbtSettings,
  readers: readerSettings.prefault({}),
  usage: usageSettings,
  words: wordsSettings,
  savings: savingsSettings,
  prices: z
    .strictObject({
      file: z
        .string()
        .min(1)
        .optional()
        .describe(
          'A price list of your own; without one, what the account itself tells, else the list that ships with Goldsmith.',
        ),
    })
    .prefault({}),
  http: httpSettings,
  notify: notifySettings,
  state: stateSettings,
  log: logSettings,
});

export type Config = z.infer<typeof configSchema>;
