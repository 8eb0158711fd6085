import { digestOf } from '../base/digest.ts';
import type { Booking } from './roll-up.ts';
import type { KnownTemplate, ScopedFingerprint, UsageLog } from './usage-ports.ts';

/**
 * The template a booking's runs count for, where it is known. What `route` served counts for the statement that was
 * asked, not for the text that ran; when that one was never seen, the text that ran stands for itself.
 */
export function findTemplateOf(booking: Booking, log: UsageLog): KnownTemplate | undefined {
  if (!isOwnText(booking)) {
    const asked = log.findFingerprint(booking.templateFingerprint);
    if (asked !== undefined) {
      return asked;
    }
  }
  return log.findTemplate(booking);
}

/** False where another text was served for the statement that was asked. */
export function isOwnText(booking: Booking): boolean {
  return booking.templateFingerprint === booking.fingerprint;
}

/** The fingerprint of a statement whose bare names mean other relations in this scope than where it was first seen. */
export function variantFingerprint({ fingerprint, database, schema }: ScopedFingerprint): string {
  return digestOf([fingerprint, database, schema]);
}
