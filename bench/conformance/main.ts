import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { measureColumnUse } from './column-use.ts';
import { measureLineage } from './lineage.ts';
import { measureMatching } from './matching.ts';
import type { Miss, Section } from './measure.ts';
import type { PeerSet } from './peer-set.ts';
import { openPeers } from './peer-set.ts';
import { say } from './progress.ts';
import { measureReading } from './reading.ts';
import { measureLevels } from './schema-level.ts';
import type { Settings } from './settings.ts';
import { readSettings } from './settings.ts';
import { measureSpeed } from './speed.ts';
import { tableOf } from './table.ts';

/**
 * `npm run conformance -- [--quick | --stride n] [--only lineage,matching] [--no-peers] [--out folder]`: how well SQL is understood, beside
 * other engines, as one table; all numbers and misses as JSON and a list beside it. `bench/README.md` says what is measured.
 */
const SECTIONS: Readonly<Record<string, (settings: Settings, peers: PeerSet) => Promise<Section>>> =
  {
    speed: measureSpeed,
    lineage: measureLineage,
    levels: measureLevels,
    columns: measureColumnUse,
    matching: measureMatching,
    reading: measureReading,
  };

async function measureAll(settings: Settings): Promise<void> {
  if (!existsSync(settings.corpus)) {
    say(`skipped: there is no corpus at ${settings.corpus}; GOLDSMITH_CORPUS names another place`);
    return;
  }
  const peers = await openPeers(settings);
  const skipped = Object.entries(peers).flatMap(([name, peer]) =>
    peer.kind === 'skipped' ? [`peer ${name} skipped: ${peer.because}`] : [],
  );
  const load = loadavg()[0] ?? 0;
  const sections: Section[] = [];
  for (const [name, measure] of Object.entries(SECTIONS)) {
    if (settings.only.length > 0 && !settings.only.includes(name)) {
      continue;
    }
    const startedAt = performance.now();
    sections.push(await measure(settings, peers));
    say(`${name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }
  const every = settings.stride === 1 ? 'every case' : `every ${settings.stride}th case`;
  const head = [`${every}; load ${load.toFixed(1)} at the start`, ...skipped].join('\n');
  const text = `${head}\n\n${tableOf(sections)}`;
  await mkdir(settings.out, { recursive: true });
  await writeFile(join(settings.out, 'conformance.md'), text);
  await writeFile(
    join(settings.out, 'misses.tsv'),
    listOf(sections.flatMap(({ misses }) => misses)),
  );
  const { stride } = settings;
  const results = { stride, load, skipped, sections };
  await writeFile(join(settings.out, 'conformance.json'), `${JSON.stringify(results, null, 1)}\n`);
  process.stdout.write(`${text}\nresults: ${settings.out}\n`);
}

function listOf(misses: readonly Miss[]): string {
  const lines = misses.map(({ measure, engine, id, code, because }) =>
    [measure, engine, code, id, because].map((cell) => cell.replaceAll(/\s+/g, ' ')).join('\t'),
  );
  return `${['measure\tengine\tcode\tid\tbecause', ...lines].join('\n')}\n`;
}

await measureAll(readSettings(process.argv.slice(2)));
