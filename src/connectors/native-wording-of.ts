import type { NativeKind } from '../marts/native-shape.ts';
import type { NativeWording, Wording } from './wording.ts';

/** How statements about versions of a kind are worded; nothing where the warehouse has no such kind. */
export function nativeWordingOf(
  { native = [] }: Pick<Wording, 'native'>,
  kind: NativeKind | undefined,
): NativeWording | undefined {
  return native.find((wording) => wording.kind === kind);
}
