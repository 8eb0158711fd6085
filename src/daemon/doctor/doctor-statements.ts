import { dryRunStatements } from '../../materializer/dry-run.ts';
import type { Engine } from '../engine.ts';
import { answer, type DoctorAnswer, fail } from './doctor-answer.ts';

/** Has the warehouse check every kind of statement a cycle may send; changes nothing. */
export async function checkStatements({ config, connector }: Engine): Promise<DoctorAnswer> {
  const { marts, mode, decide } = config;
  const { nativeShapes } = decide;
  const catalog = await connector.readCatalog({ purpose: 'catalog' });
  const own = new Set([marts.ledgerSchema, marts.dataSchema]);
  const sample = catalog.find(
    ({ id, kind, columns }) =>
      kind === 'table' &&
      columns.length > 0 &&
      ![...own].some((schema) => id.includes(`${schema}.`)),
  );
  const writes = mode !== 'observe' && connector.capabilities.canWrite;
  const results = await dryRunStatements(connector, { ...marts, sample, writes, nativeShapes });
  const accepted = results.filter(({ outcome }) => outcome === 'accepted');
  const refused = results.filter(({ outcome }) => outcome === 'refused');
  const untried = results.filter(({ outcome }) => outcome === 'not-tried');
  const [unknown] = untried;
  const left = unknown === undefined ? '' : `; ${untried.length} were ${unknown.detail}`;
  const said = `${accepted.length} kinds of statement were checked and accepted, nothing was changed${writes ? left : '; what writes was not tried, for this Goldsmith does not write'}`;
  return refused.length === 0
    ? answer(said)
    : fail(
        [
          `${refused.length} of ${results.length} kinds of statement are refused${untried.length === 0 ? '' : `, ${untried.length} were not tried`}`,
          ...refused.map(({ kind, detail }) => `to ${kind}: ${detail}`),
        ].join('\n    '),
      );
}
