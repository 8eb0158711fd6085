import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { METRICS } from '../../src/metrics/metric-table.ts';
import { isInstalled, PROMETHEUS_FOLDER } from './prometheus.ts';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert?: string; readonly expr: string }[];
  }[];
}

const rules = (
  parse(readFileSync(join(PROMETHEUS_FOLDER, 'rules.yaml'), 'utf8')) as Rules
).groups.flatMap((group) => group.rules);

/** Two files, since all tests of a file are looked at as often: minutes every minute, days every five. */
const TESTS = ['rules.test.yaml', 'rules-over-days.test.yaml'];

describe('the prometheus rules', () => {
  it('ask only for metrics Goldsmith exports', () => {
    const known = METRICS.map(({ name }) => name as string);
    const asked = rules.flatMap(({ expr }) => expr.match(/goldsmith_\w+/g) ?? []);

    expect(asked.length).toBeGreaterThan(10);
    const isProcess = (name: string) => name.startsWith('goldsmith_process_');
    expect(asked.filter((name) => !known.includes(name) && !isProcess(name))).toEqual([]);
  });

  it('have a unit test for every alert', () => {
    const tests = TESTS.map((file) => readFileSync(join(PROMETHEUS_FOLDER, file), 'utf8')).join();

    const untested = rules.filter(({ alert }) => alert !== undefined && !tests.includes(alert));

    expect(untested).toEqual([]);
  });

  it.skipIf(!isInstalled('promtool')).for([
    ['check', 'config', 'prometheus.yaml'],
    ['check', 'rules', 'rules.yaml'],
    ['test', 'rules', ...TESTS],
  ])('pass promtool %s %s', (args) => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: PROMETHEUS_FOLDER });

    expect({ status, said: status === 0 ? '' : `${String(stdout)}${String(stderr)}` }).toEqual({
      status: 0,
      said: '',
    });
  });
});
