import { z } from 'zod';
import { configSchema } from './config.ts';

/** The JSON schema editors complete a config file against; `config/goldsmith.schema.json` is this, as text. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }),
    title: 'Goldsmith',
  };
}
