import { basename } from 'node:path';
import { digestOf } from '../base/digest.ts';
import type { WarehouseSettings } from '../connectors/settings.ts';

/**
 * Tells two daemons on one machine apart, so that a verb never asks the daemon of another warehouse. Goes by the name and
 * the file's own name: folders differ between a container and its host.
 */
export function warehouseIdentity({ name, kind, path = '' }: WarehouseSettings): string {
  return digestOf({ name, kind, file: basename(path) }).slice(0, 16);
}
