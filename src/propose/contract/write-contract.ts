import { Document } from 'yaml';
import { digestOf } from '../../base/digest.ts';
import { relationParts } from '../../base/relation.ts';
import { OUR_FRESHNESS, OUR_NULLS, OUR_ROWS, OUR_STATEMENT } from './contract-nodes.ts';
import type { ContractColumn, DataContract } from './data-contract.ts';
import { asServiceLevel } from './freshness-unit.ts';
import { logicalType } from './logical-type.ts';

/** The version of the standard a new contract follows. */
const API_VERSION = 'v3.1.0';

/** A new contract as ODCS v3 YAML: the same contract gives the same bytes everywhere. */
export function writeContract(contract: DataContract): string {
  const { relation, version, owner } = contract;
  const { schema, name } = relationParts(relation);
  const document = new Document({
    apiVersion: API_VERSION,
    kind: 'DataContract',
    id: contractId(relation),
    name: schema === undefined ? name : `${schema}.${name}`,
    version,
    status: 'active',
    ...(owner === undefined ? {} : { team: { name: owner } }),
    schema: [schemaObject(contract)],
    ...(contract.maxStalenessMs === undefined
      ? {}
      : { slaProperties: [freshnessLevel(contract.maxStalenessMs)] }),
  });
  document.commentBefore =
    ' Kept by Goldsmith: it raises the version when a promise changes and leaves what people add.';
  return document.toString({ lineWidth: 0 });
}

/** In the form of a UUID, from the relation's name alone. */
function contractId(relation: string): string {
  const hex = digestOf({ contract: relation });
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function schemaObject(contract: DataContract): Record<string, unknown> {
  const { schema, name } = relationParts(contract.relation);
  return {
    name,
    physicalName: schema === undefined ? name : `${schema}.${name}`,
    logicalType: 'object',
    physicalType: contract.physicalType,
    ...(contract.purpose === undefined ? {} : { description: contract.purpose }),
    properties: contract.columns.map((column) => propertyOf(column, contract.key)),
    ...(contract.minimumRows === undefined ? {} : { quality: [rowsRule(contract.minimumRows)] }),
    ...(contract.statement === undefined
      ? {}
      : { customProperties: [statementProperty(contract.statement)] }),
  };
}

/** A column as a property. */
export function propertyOf(
  { name, type, notNull, unique, description, tags }: ContractColumn,
  key: readonly string[] = [],
): Record<string, unknown> {
  const logical = logicalType(type);
  const position = key.indexOf(name);
  return {
    name,
    ...(logical === undefined ? {} : { logicalType: logical }),
    ...(type === '' ? {} : { physicalType: type }),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags: [...tags] }),
    ...(notNull === true ? { required: true } : {}),
    ...(unique === true ? { unique: true } : {}),
    ...(position === -1 ? {} : { primaryKey: true, primaryKeyPosition: position + 1 }),
    ...(notNull === true ? { quality: [nullsRule()] } : {}),
  };
}

export function statementProperty(digest: string): Record<string, unknown> {
  return { property: OUR_STATEMENT, value: digest };
}

export function nullsRule(): Record<string, unknown> {
  return {
    id: OUR_NULLS,
    type: 'library',
    metric: 'nullValues',
    mustBe: 0,
    unit: 'rows',
    dimension: 'completeness',
    severity: 'error',
  };
}

export function rowsRule(least: number): Record<string, unknown> {
  return {
    id: OUR_ROWS,
    type: 'library',
    metric: 'rowCount',
    mustBeGreaterOrEqualTo: least,
    unit: 'rows',
    dimension: 'completeness',
    severity: 'error',
  };
}

export function freshnessLevel(ms: number): Record<string, unknown> {
  return { id: OUR_FRESHNESS, property: 'freshness', ...asServiceLevel(ms) };
}
