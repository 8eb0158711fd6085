import { dialectOf } from '../../src/sql/dialects.ts';
import { fingerprint } from '../../src/sql/fingerprint.ts';
import type { Cell, Section } from './measure.ts';
import { OURS } from './measure.ts';
import type { PeerSet } from './peer-set.ts';
import type { Settings } from './settings.ts';
import { readStatements } from './statements.ts';

/** Statements a second asked of one core. */
const ASKED = 60_000;
const PASSES = 5;
/** sqlglot gets a part of the texts: it takes milliseconds for each. */
const MOST_FOR_PEER = 2_000;

/** Fingerprints a second of one core, over the real statements of the corpus, and the ratio to sqlglot on the same texts. */
export async function measureSpeed(settings: Settings, { python }: PeerSet): Promise<Section> {
  const all = readStatements(settings);
  const step = Math.max(1, Math.ceil(all.length / MOST_FOR_PEER));
  const some = all.filter((_, at) => at % step === 0);
  const ours = rateOf(all);
  const cells: Record<string, Cell> = { [OURS]: perSecond(ours) };
  const same: Record<string, Cell> = { [OURS]: perSecond(rateOf(some)) };
  if (python.kind === 'open') {
    const [peer] = await python.ask<{ statements: number; seconds: number }>('fingerprint', some);
    const theirs = peer === undefined ? 0 : peer.statements / peer.seconds;
    same['sqlglot'] = perSecond(theirs);
    same[OURS] = {
      kind: 'number',
      value: rateOf(some) / Math.max(theirs, 1e-9),
      unit: 'times sqlglot',
    };
  }
  return {
    title: 'Speed',
    notes: [
      `CPU time of one core, median of ${PASSES} passes after two to warm up. sqlglot (no native build asked for): parse, literals out, print, hash.`,
    ],
    measures: [
      { name: `fingerprints, ${all.length} texts`, asked: { atLeast: ASKED }, cells },
      { name: `fingerprints beside sqlglot, the same ${some.length} texts`, cells: same },
    ],
    misses: [],
  };
}

function perSecond(value: number): Cell {
  return { kind: 'number', value: Math.round(value), unit: 'statements/s' };
}

function rateOf(statements: ReturnType<typeof readStatements>): number {
  const work = statements.map(({ dialect, sql }) => ({ sql, dialect: dialectOf(dialect) }));
  const rates = Array.from({ length: PASSES + 2 }, () => {
    const started = process.cpuUsage();
    for (const { sql, dialect } of work) {
      fingerprint(sql, dialect);
    }
    const { user, system } = process.cpuUsage(started);
    return (work.length / Math.max(1, user + system)) * 1e6;
  });
  return rates.slice(2).toSorted((a, b) => b - a)[Math.floor(PASSES / 2)] ?? 0;
}
