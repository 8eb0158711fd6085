import { basename } from 'node:path';
import { digestOf } from '../base/digest.ts';
import type { WarehouseSettings } from '../connectors/settings.ts';

/**
 * Tells two daemons on one machine apart, so that a verb never asks the daemon of another warehouse. Goes by the name and
 * where the warehouse is: a server's address, or the file's own name, since folders differ between a container and its host.
 */
export function warehouseIdentity(settings: WarehouseSettings): string {
  const { name, kind, path = '' } = settings;
  return digestOf({ name, kind, file: basename(path), ...addressOf(settings) }).slice(0, 16);
}

/** What the section of the warehouse's own kind says about where it is; never who signs in. */
function addressOf(settings: WarehouseSettings): Readonly<Record<string, string | number>> {
  const section: unknown = Object.entries(settings).find(([key]) => key === settings.kind)?.[1];
  if (typeof section !== 'object' || section === null) {
    return {};
  }
  const said = Object.entries(section).flatMap(([field, value]: [string, unknown]) =>
    ADDRESS.has(field) && (typeof value === 'string' || typeof value === 'number')
      ? [[field, value] as const]
      : [],
  );
  return Object.fromEntries(said);
}

const ADDRESS: ReadonlySet<string> = new Set([
  'host',
  'port',
  'httpPath',
  'account',
  'project',
  'projectId',
  'location',
  'catalog',
  'database',
]);
