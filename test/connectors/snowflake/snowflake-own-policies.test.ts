import { type RelationId, relationParts } from '../../../src/base/relation.ts';
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
