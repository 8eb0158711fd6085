/** A name dbt's semantic layer takes: small letters, digits and single underscores, a letter first, two characters at least. */
export function snakeName(text: string): string {
  const plain = text
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  const begun = /^[a-z]/.test(plain) ? plain : `m_${plain}`;
  return begun.replace(/_$/, '').length < 2 ? `${begun.replace(/_$/, '')}_x` : begun;
}

/** Gives every name once, the same for the same expression: a second `status` is `orders_status`, a third carries a number. */
export function nameTaker(): (wanted: string, instead: string) => string {
  const taken = new Set<string>();
  return (wanted, instead) => {
    const names = [snakeName(wanted), snakeName(instead)];
    let name = names.find((each) => !taken.has(each));
    for (let n = 2; name === undefined; n += 1) {
      const numbered = `${names[1] ?? 'column'}_${n}`;
      name = taken.has(numbered) ? undefined : numbered;
    }
    taken.add(name);
    return name;
  };
}
