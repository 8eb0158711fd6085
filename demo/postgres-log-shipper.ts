import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { PostgresCluster } from '../test/servers/postgres-cluster.ts';

/** A stretch of the story: what really happened since the last one happens between these two moments. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Brings the server's own log to where the daemon reads it, with its moments moved into the story's days: the server writes in
 * seconds what the story tells in days. Nothing else of a line changes; what the demo itself asks is left out.
 */
export class LogShipper {
  readonly #cluster: PostgresCluster;
  readonly #target: string;
  #position = 0;
  #stretches = 0;
  #since = Date.now();

  constructor(cluster: PostgresCluster, target: string) {
    this.#cluster = cluster;
    this.#target = target;
    appendFileSync(target, '');
  }

  async ship({ from, to }: Stretch): Promise<void> {
    this.#stretches += 1;
    const marker = `end of stretch ${this.#stretches}`;
    await this.#cluster.sql(`select '${marker}'`);
    const lines = await this.#linesUntil(marker);
    const until = Math.max(Date.now(), this.#since + 1);
    const moved = (text: string) => {
      const share =
        (Date.parse(text.replace(' UTC', 'Z').replace(' ', 'T')) - this.#since) /
        (until - this.#since);
      const at = from + Math.min(1, Math.max(0, share)) * (to - from);
      return new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC');
    };
    for (const line of lines) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      if (entry['user'] !== this.#cluster.superuser && typeof entry['timestamp'] === 'string') {
        entry['timestamp'] = moved(entry['timestamp']);
        appendFileSync(this.#target, `${JSON.stringify(entry)}\n`);
      }
    }
    this.#since = until;
  }

  /** The server writes its log by a process of its own, a moment later. */
  async #linesUntil(marker: string): Promise<readonly string[]> {
    const path = join(this.#cluster.logFolder, 'postgres.json');
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const text = readFileSync(path).subarray(this.#position).toString();
      const end = text.indexOf('\n', Math.max(0, text.indexOf(marker)));
      if (text.includes(marker) && end !== -1) {
        this.#position += Buffer.byteLength(text.slice(0, end + 1));
        return text.slice(0, end).split('\n');
      }
      await wait(25);
    }
    throw new Error('the server does not write its log');
  }
}
