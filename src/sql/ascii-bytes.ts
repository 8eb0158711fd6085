const encoder = new TextEncoder();

/**
 * Writes the codes of a text's characters, which are read from bytes several times as fast as from the text. False where a
 * character is not ASCII or `into` is too short; what was written then is of no use.
 */
export function writeAscii(text: string, into: Uint8Array): boolean {
  return encoder.encodeInto(text, into).written === text.length;
}

/** For each byte itself, but for ASCII's capitals, which are lowered. */
export const LOWERED = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 65 && code <= 90 ? code + 32 : code,
);
