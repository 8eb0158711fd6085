import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dialectOf } from '../../src/sql/dialects.ts';
import { fingerprint } from '../../src/sql/fingerprint.ts';
import type { Peer } from '../peers/peer.ts';
import type { Cell, Section } from './measure.ts';
import { OURS } from './measure.ts';
import type { PeerSet } from './peer-set.ts';
import type { Settings } from './settings.ts';
import { readStatements } from './statements.ts';

const run = promisify(execFile);
/** Statements a second asked of one core. */
const ASKED = { fingerprints: 60_000, mining: 30_000 };
const PASSES = 5;
/** sqlglot gets a part of the texts: it takes milliseconds for each. */
const MOST_FOR_PEER = 1_000;
const ROWS = 200_000;
const FEWEST_ROWS = 20_000;

/** Statements a second of one core, and the ratio to sqlglot on the same texts. */
export async function measureSpeed(settings: Settings, { python }: PeerSet): Promise<Section> {
  const all = readStatements(settings);
  const step = Math.max(1, Math.ceil(all.length / MOST_FOR_PEER));
  const some = all.filter((_, at) => at % step === 0);
  const rows = Math.max(FEWEST_ROWS, Math.round(ROWS / settings.stride));
  const mined = rateOfMining(await mining(settings, ['--rows', String(rows)]));
  const log = (await mining(settings, ['--rows', String(MOST_FOR_PEER), '--print']))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as object);
  const fingerprinted = perSecond(rateOf(all));
  const [byPeer, logByPeer] = [await peerRate(python, some), await peerRate(python, log)];
  return {
    title: 'Speed',
    notes: [
      `CPU time of one core; fingerprints: median of ${PASSES} passes after two to warm up. sqlglot: parse, literals out, print, hash, as its users do; it has no cache of templates.`,
      'Mining: a log with repetition (the n-th template as often as n to the power of -1.05, other literals each time): skip rules, fingerprint, look-up, roll-up (`mining.ts`).',
    ],
    measures: [
      {
        name: `fingerprints, ${all.length} texts`,
        asked: { atLeast: ASKED.fingerprints },
        cells: { [OURS]: fingerprinted },
      },
      {
        name: `fingerprints, the same ${some.length} texts as sqlglot`,
        cells: { [OURS]: perSecond(rateOf(some)), sqlglot: byPeer },
      },
      {
        name: `mining, ${rows} rows (sqlglot: ${log.length} of the same log)`,
        asked: { atLeast: ASKED.mining },
        cells: { [OURS]: perSecond(mined), sqlglot: logByPeer },
      },
      { name: 'mining: times as fast as sqlglot', cells: { [OURS]: ratio(mined, logByPeer) } },
    ],
    misses: [],
  };
}

async function mining({ corpus }: Settings, args: readonly string[]): Promise<string> {
  const bench = join(import.meta.dirname, '../mining.ts');
  const env = { ...process.env, GOLDSMITH_CORPUS: corpus };
  return (await run(process.execPath, [bench, ...args], { env, maxBuffer: 2 ** 28 })).stdout;
}

/** The rate the bench prints last: `…: 31,234 statements/s`. */
function rateOfMining(said: string): number {
  const [, rate = '0'] = [...said.matchAll(/: ([\d,]+) statements\/s/g)].at(-1) ?? [];
  return Number(rate.replaceAll(',', ''));
}

async function peerRate(peer: Peer, lines: readonly object[]): Promise<Cell> {
  if (peer.kind === 'skipped') {
    return peer;
  }
  const [done] = await peer.ask<{ statements: number; seconds: number }>('fingerprint', lines);
  return perSecond(done === undefined ? 0 : done.statements / done.seconds);
}

function ratio(rate: number, cell: Cell): Cell {
  return cell.kind === 'number' ? { kind: 'number', value: rate / cell.value, unit: '' } : cell;
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
