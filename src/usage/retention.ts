import type { UsageSettings } from './settings.ts';
import type { Retention } from './usage-ports.ts';

export function retentionOf(settings: UsageSettings): Retention {
  return {
    idDays: settings.idRetentionDays,
    factDays: settings.factRetentionDays,
    columnDays: settings.columnRetentionDays,
  };
}
