import type { CallOptions, Session } from '../connectors/connector.ts';
import { onlyRow, textCell } from './cells.ts';

/**
 * What the engine's row hash makes of a fixed row with a value of each kind. Two hashes can be compared only where their canaries
 * are equal: an engine may hash differently after an upgrade, and then a difference says nothing about content.
 */
export async function hashCanary(session: Session, options: CallOptions): Promise<string> {
  const result = await session.query(`select ${CANARY}`, options);
  return textCell(onlyRow(result)[0]) ?? '';
}

const CANARY = `hash(
  null, true, 7::tinyint, 7::integer, -7::bigint, 7::hugeint, 7.25::decimal(10, 2), 7.25::decimal(38, 2), 0.1::real, 0.1::double,
  'seven', 'a text of more than twelve characters', '\\x07'::blob, date '2007-07-07', time '07:07:07', timestamp '2007-07-07 07:07:07',
  timestamptz '2007-07-07 07:07:07+00', interval 7 days, [7, null], {'seven': 7}
)::varchar`;
