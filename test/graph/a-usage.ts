import type { RelationId } from '../../src/base/relation.ts';
import type { JoinUse } from '../../src/sql/query-shape.ts';
import type { Reader, Template, UsageFact, UsageSnapshot } from '../../src/usage/template.ts';

export const ana: Reader = { kind: 'person', name: 'ana', tool: '' };
export const bob: Reader = { kind: 'person', name: 'bob', tool: '' };

/** `o.c_id = c.id inner`: a join, written as text. Relations and columns in canonical order. */
export function aJoin(text: string): JoinUse {
  const [, left = '', leftColumn = '', right = '', rightColumn = '', kind = 'inner'] =
    /^(\w+)\.(\w+) = (\w+)\.(\w+)(?: (\w+))?$/.exec(text) ?? [];
  return {
    left: { relation: left as RelationId, column: leftColumn },
    right: { relation: right as RelationId, column: rightColumn },
    kind: kind as JoinUse['kind'],
  };
}

export function aTemplate(fingerprint: string, joins: readonly string[] = []): Template {
  const uses = joins.map(aJoin);
  const relations = [
    ...new Set(uses.flatMap(({ left, right }) => [left.relation, right.relation])),
  ];
  return {
    fingerprint,
    normalForm: `select ${fingerprint}`,
    shape: {
      level: 'full',
      reader: 'sqlparser-rs',
      statement: 'query',
      relations: relations.map((relation) => ({ relation, via: 'named', known: true })),
      columns: [],
      joins: uses,
      lineage: [],
      notUnderstood: [],
    },
  };
}

export function aFact(fingerprint: string, changes: Partial<UsageFact> = {}): UsageFact {
  const day = changes.day ?? '2026-03-10';
  return {
    fingerprint,
    day,
    reader: ana,
    client: 'psql',
    role: '',
    servedBy: { kind: 'base' },
    runs: 1,
    costedRuns: 1,
    cpuMs: 10,
    cpuMsSquared: 100,
    durationMs: 10,
    rowsScanned: 0,
    bytesScanned: 0,
    failedRuns: 0,
    cachedRuns: 0,
    lastEndedAt: Date.parse(`${day}T12:00:00Z`),
    sampleIds: [],
    ...changes,
  };
}

export function aUsage(templates: readonly Template[], facts: readonly UsageFact[]): UsageSnapshot {
  return {
    from: Date.parse('2026-03-01T00:00:00Z'),
    until: Date.parse('2026-03-15T00:00:00Z'),
    templates,
    facts,
    coverage: {
      statements: 0,
      parsedShare: 1,
      resolvedShare: 1,
      attributedShare: 1,
      costedShare: 1,
      cpuMs: 0,
      parsedCostShare: 1,
      resolvedCostShare: 1,
      attributedCostShare: 1,
      skipped: {},
      notUnderstood: {},
    },
    routeClients: [],
  };
}
