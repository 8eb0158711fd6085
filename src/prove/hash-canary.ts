import type { CallOptions, Session } from '../connectors/connector.ts';
import { onlyRow, textCell } from './cells.ts';

/**
 * What the engine's row hash makes of a fixed row with a value of each kind. Two hashes can be compared only where their canaries
 * are equal: an engine may hash differently after an upgrade, and then a difference says nothing about content.
 */
export async function hashCanary(session: Session, options: CallOptions): Promise<string> {
  const result = await session.query(`select ${session.wording.content.hashCanary}`, options);
  return textCell(onlyRow(result)[0]) ?? '';
}
