import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shortName } from '../src/daemon/cycle-report.ts';
import { postgresBinaries } from '../test/servers/postgres-cluster.ts';
import { median } from './median.ts';
import { tellPostgresStory } from './postgres-story.ts';

/** Tells the story on PostgreSQL and writes what happened; the exit code. No server here is no failure. */
export async function runPostgres(parts: {
  readonly scale: number;
  readonly days: number;
  readonly folder: string;
  readonly report: string;
}): Promise<number> {
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  if (postgresBinaries === undefined) {
    say('demo: skipped, for no PostgreSQL server is installed here (initdb and postgres)');
    return 0;
  }
  for (const name of ['postgres-log.json', 'postgres-state.sqlite']) {
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(join(parts.folder, `${name}${suffix}`), { force: true });
    }
  }
  for (const name of ['team', 'team.git']) {
    rmSync(join(parts.folder, name), { recursive: true, force: true });
  }
  const { reached, readers, builtOnDay, demotedOnDay, marts, ...story } = await tellPostgresStory({
    ...parts,
    say,
  });
  const report = {
    warehouse: 'postgres',
    ...story,
    marts: marts.map(({ definition, stage }) => ({
      relation: shortName(definition.relation),
      stage,
      origin: definition.origin,
    })),
    builtOnDay: Object.fromEntries(builtOnDay),
    demotedOnDay: Object.fromEntries(demotedOnDay),
    reachedRuns: reached.length,
    reachedByRoute: reached.filter(({ road }) => road === 'route').length,
    mismatches: reached.filter(({ isEqual }) => !isEqual).length,
    speedupMedian: median(reached.map(({ baseMs, servedMs }) => baseMs / servedMs)),
    reads: readers.reads,
    failures: readers.failures,
  };
  writeFileSync(parts.report, `${JSON.stringify(report, null, 2)}\n`);
  say(
    `\n${report.reads} reads of the stable views while the daemon was killed ${report.kills} times: ${report.failures.length} saw anything missing or half filled`,
  );
  say(
    `${report.reachedRuns} statements answered by marts, ${report.mismatches} otherwise than on base, ${report.speedupMedian.toFixed(1)}x faster at the median`,
  );
  say(`report    ${parts.report}`);
  const isKept = report.drift?.answersKept !== false;
  return report.mismatches + report.failures.length === 0 && isKept ? 0 : 1;
}
