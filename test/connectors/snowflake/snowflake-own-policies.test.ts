import { describe, expect, it } from 'vitest';
import { type RelationId, relationParts } from '../../../src/base/relation.ts';
import { requireNothingLost } from '../../../src/materializer/policies.ts';
import { idOf, openLoopWorld } from '../../conformance/loop-world.ts';
import { ownPoliciesConformance } from '../../conformance/own-policies-conformance.ts';
import { SNOWFLAKE } from './loop-subject.ts';

const OWN = '"SHOP"."SNOW_INFORMATION"';

ownPoliciesConformance({
  ...SNOWFLAKE,
  onView: [
    { told: 'row access policy', put: policy('ROW_ACCESS_POLICY', 'null') },
    { told: 'masking policy on column REGION', put: policy('MASKING_POLICY', "'REGION'") },
    { told: 'tag PII', put: tag('TABLE', 'null') },
    { told: 'tag PII on column REGION', put: tag('COLUMN', "'REGION'") },
  ],
  byTag: () => [
    `insert into ${OWN}.own_tags values ('SCHEMA', 'PUBLIC', null, null, 'PII')`,
    `insert into ${OWN}.own_tag_policies values ('PII', 'MASKING_POLICY')`,
  ],
  takeOff: (relation) => {
    const { schema, name } = relationParts(relation);
    return ['own_policies', 'own_tags'].map(
      (table) =>
        `delete from ${OWN}.${table} where schema_name = '${schema}' and coalesce(object_name, '${name}') = '${name}'`,
    );
  },
});

describe('policies and tags that not every source on Snowflake tells', () => {
  const view = idOf(SNOWFLAKE, 'gold.told');
  const { name } = relationParts(view);
  const unseen = (by: string) => `insert into ${OWN}.own_unseen values ('${name}', '${by}')`;
  const put = [policy('ROW_ACCESS_POLICY', 'null'), tag('TABLE', 'null')].flatMap((each) =>
    each(view),
  );

  it.each([
    {
      told: 'hours late where the functions leave it out, as of policies that we have no right on',
      by: ['FUNCTIONS'],
      words: /row access policy \(told hours late\)/,
    },
    {
      told: 'by the text of the view where nothing else tells it yet',
      by: ['FUNCTIONS', 'ACCOUNT_USAGE'],
      words: /a policy that is not named to us/,
    },
  ])('it is told $told', async ({ by, words }) => {
    const world = await openLoopWorld(SNOWFLAKE);
    try {
      const { connector } = world;
      const look = () =>
        connector.transaction(
          (session) => requireNothingLost(session, { view, doing: 'replaced' }),
          { readOnly: false, purpose: 'publish', commits: 'each' },
        );
      await world.people('create schema if not exists gold');
      await connector.execute(`create view ${view} as select 1 as one`, { purpose: 'publish' });
      await expect(look()).resolves.toBeUndefined();
      for (const sql of [...put, ...by.map(unseen)]) {
        await world.people(sql);
      }
      await expect(look()).rejects.toMatchObject({
        code: 'OWN_POLICIES',
        message: expect.stringMatching(words),
      });
    } finally {
      await world.close();
    }
  });
});

function policy(kind: string, column: string) {
  return (view: RelationId) => {
    const { schema, name } = relationParts(view);
    return [
      `insert into ${OWN}.own_policies values ('${schema}', '${name}', '${kind}', ${column})`,
    ];
  };
}

function tag(level: string, column: string) {
  return (view: RelationId) => {
    const { schema, name } = relationParts(view);
    return [
      `insert into ${OWN}.own_tags values ('${level}', '${schema}', '${name}', ${column}, 'PII')`,
    ];
  };
}
