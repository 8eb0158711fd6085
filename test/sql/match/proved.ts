import { readDdl } from '../../../src/cli/read-ddl.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { declaredFacts } from '../../../src/sql/match/declared-facts.ts';
import type { Bench } from '../../corpus/match-corpus.ts';
import { openBench, parse, runCase } from '../../corpus/match-corpus.ts';
import { SHOP } from './ask.ts';

/** The shop in an engine, its keys not enforced, so that databases may break what is not trusted. */
export function openShop(): Promise<Bench> {
  const unchecked = SHOP.replaceAll(/,\s*foreign key \([^)]*\) references \w+ \([^)]*\)/g, '');
  return openBench(unchecked.replaceAll(' primary key', ' not null'));
}

export interface Proved {
  readonly bench: Bench;
  readonly mvs: readonly string[];
  readonly query: string;
  readonly trust?: boolean;
}

/**
 * The rewritten text on one line, run against the original on small random databases that keep to the facts;
 * the code of the nearest reason where there is none; the counter-example where the answers differ.
 */
export async function provedOutcome({ bench, mvs, query, trust = true }: Proved): Promise<string> {
  const schema = await readDdl({ ddl: SHOP, dialect: dialectOf('duckdb'), names: {} }, parse);
  const facts = declaredFacts(schema, { trustKeys: trust });
  const { answer, verdict, detail } = await runCase(
    { id: 'proved', setup: SHOP, mvs, query },
    { bench, trust, facts },
  );
  const text = answer.sql?.replaceAll(/\s+/g, ' ') ?? answer.because?.[0]?.code ?? '';
  return verdict === 'equal' || verdict === 'refused' ? text : `${verdict}: ${text} ${detail}`;
}
