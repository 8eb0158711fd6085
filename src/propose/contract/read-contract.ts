import type { Document, YAMLMap } from 'yaml';
import type { RelationId } from '../../base/relation.ts';
import { openYaml } from '../files/yaml-as-written.ts';
import {
  flagOf,
  mapsIn,
  OUR_FRESHNESS,
  OUR_ROWS,
  OUR_STATEMENT,
  schemaOf,
  textOf,
  withId,
} from './contract-nodes.ts';
import type { ContractColumn, DataContract } from './data-contract.ts';
import { ofServiceLevel } from './freshness-unit.ts';

export type ReadContract =
  | { readonly kind: 'contract'; readonly contract: DataContract }
  | { readonly kind: 'unreadable'; readonly because: string };

/** What an ODCS v3 text promises of a relation. What it holds beside that is nobody's business here. */
export function readContract(text: string, relation: RelationId): ReadContract {
  const opened = openYaml(text);
  return 'because' in opened
    ? { kind: 'unreadable', because: opened.because }
    : contractIn(opened.document, relation);
}

/** As `readContract`, of a document that is open already. */
export function contractIn(document: Document, relation: RelationId): ReadContract {
  const kind = textOf(document, 'kind');
  const apiVersion = textOf(document, 'apiVersion') ?? '';
  if (kind !== 'DataContract' || !apiVersion.startsWith('v3.')) {
    return {
      kind: 'unreadable',
      because: `it is a ${(kind ?? 'file without a kind').slice(0, 40)} of version ${(apiVersion || 'unknown').slice(0, 40)}, not an ODCS v3 DataContract`,
    };
  }
  const object = schemaOf(document, relation);
  if (object === undefined) {
    return { kind: 'unreadable', because: `none of its schema objects is named ${relation}` };
  }
  const owner = ownerOf(document);
  const purpose = textOf(object, 'description');
  const minimumRows = minimumRowsOf(object);
  const maxStalenessMs = stalenessOf(document);
  const key = keyOf(object);
  const statement = statementOf(object);
  return {
    kind: 'contract',
    contract: {
      relation,
      version: textOf(document, 'version') ?? '',
      physicalType: textOf(object, 'physicalType') === 'table' ? 'table' : 'view',
      ...(owner === undefined ? {} : { owner }),
      ...(purpose === undefined ? {} : { purpose }),
      columns: mapsIn(object, 'properties').map(columnOf),
      ...(key.length === 0 ? {} : { key }),
      ...(minimumRows === undefined ? {} : { minimumRows }),
      ...(maxStalenessMs === undefined ? {} : { maxStalenessMs }),
      ...(statement === undefined ? {} : { statement }),
    },
  };
}

/** The team's name, in the form of v3.1 or as a single member of the older list. */
function ownerOf(document: Document): string | undefined {
  const team = document.get('team', true);
  return team !== null && typeof team === 'object' && 'get' in team
    ? textOf(team as YAMLMap, 'name')
    : undefined;
}

function columnOf(property: YAMLMap): ContractColumn {
  const notNull = flagOf(property, 'required');
  const unique = flagOf(property, 'unique');
  const description = textOf(property, 'description');
  return {
    name: textOf(property, 'physicalName') ?? textOf(property, 'name') ?? '',
    type: textOf(property, 'physicalType') ?? '',
    ...(notNull === undefined ? {} : { notNull }),
    ...(unique === undefined ? {} : { unique }),
    ...(description === undefined ? {} : { description }),
  };
}

function keyOf(object: YAMLMap): readonly string[] {
  return mapsIn(object, 'properties')
    .filter((property) => flagOf(property, 'primaryKey') === true)
    .toSorted((a, b) => positionOf(a) - positionOf(b))
    .map((property) => columnOf(property).name);
}

function positionOf(property: YAMLMap): number {
  return Number(textOf(property, 'primaryKeyPosition') ?? 0);
}

function minimumRowsOf(object: YAMLMap): number | undefined {
  const rule =
    withId(object, { list: 'quality', id: OUR_ROWS }) ??
    mapsIn(object, 'quality').find((each) => textOf(each, 'metric') === 'rowCount');
  const least = rule?.get('mustBeGreaterOrEqualTo') ?? orMore(rule?.get('mustBeGreaterThan'));
  return typeof least === 'number' ? least : undefined;
}

function statementOf(object: YAMLMap): string | undefined {
  const ours = mapsIn(object, 'customProperties').find(
    (each) => textOf(each, 'property') === OUR_STATEMENT,
  );
  return ours === undefined ? undefined : textOf(ours, 'value');
}

function orMore(above: unknown): number | undefined {
  return typeof above === 'number' ? Math.floor(above) + 1 : undefined;
}

function stalenessOf(document: Document): number | undefined {
  const level =
    withId(document, { list: 'slaProperties', id: OUR_FRESHNESS }) ??
    mapsIn(document, 'slaProperties').find((each) =>
      ['freshness', 'latency'].includes((textOf(each, 'property') ?? '').toLowerCase()),
    );
  return level === undefined ? undefined : ofServiceLevel(level.get('value'), level.get('unit'));
}
