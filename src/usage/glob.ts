/**
 * Whether `text` fits a pattern of `*` (any characters) and `?` (one), without case. Two pointers, no regular expression:
 * patterns come from a config file, and time is bounded by the product of both lengths.
 */
export function fitsGlob(text: string, pattern: string): boolean {
  const value = text.toLowerCase();
  const glob = pattern.toLowerCase();
  let at = 0;
  let place = 0;
  let star = -1;
  let retry = 0;
  while (at < value.length) {
    if (place < glob.length && glob[place] === '*') {
      star = place;
      retry = at;
      place += 1;
    } else if (place < glob.length && (glob[place] === '?' || glob[place] === value[at])) {
      at += 1;
      place += 1;
    } else if (star !== -1) {
      retry += 1;
      at = retry;
      place = star + 1;
    } else {
      return false;
    }
  }
  while (glob[place] === '*') {
    place += 1;
  }
  return place === glob.length;
}
