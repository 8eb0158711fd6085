import { byteOf } from './character-classes.ts';

const encoder = new TextEncoder();
/** Bytes end in zeros, so that looking a few characters ahead needs no check. */
export const LOOKAHEAD = 4;

/**
 * Writes one byte for each character (`byteOf`), ended by zeros: they are read several times as fast as the characters. There must be
 * room for `LOOKAHEAD` more.
 */
export function writeBytes(text: string, into: Uint8Array): void {
  const { length } = text;
  const isAscii = encoder.encodeInto(text, into).written === length;
  if (!isAscii) {
    for (let at = 0; at < length; at += 1) {
      const code = text.charCodeAt(at);
      into[at] = code < 128 ? code : byteOf(code);
    }
  }
  for (let at = length; at < length + LOOKAHEAD; at += 1) {
    into[at] = 0;
  }
}

/** For each byte itself, but for ASCII's capitals, which are lowered. */
export const LOWERED = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 65 && code <= 90 ? code + 32 : code,
);
