/** Where references of a model lead, as texts for its SQL. */
export interface References {
  readonly ref: (
    name: string,
    parts: { readonly package?: string; readonly version?: string },
  ) => string | undefined;
  readonly source: (source: string, table: string) => string | undefined;
  /** The model's own relation. */
  readonly own: string | undefined;
}

const TEXT = String.raw`(?:'([^'\\]*)'|"([^"\\]*)")`;
const REF = new RegExp(
  String.raw`^ref\s*\(\s*${TEXT}\s*(?:,\s*${TEXT}\s*)?(?:,\s*(?:v|version)\s*=\s*['"]?([\w.]+)['"]?\s*)?,?\s*\)$`,
);
const SOURCE = new RegExp(String.raw`^source\s*\(\s*${TEXT}\s*,\s*${TEXT}\s*,?\s*\)$`);

/** What `{{ ref('a') }}`, `{{ source('a', 'b') }}` and `{{ this }}` give out; undefined for any other code. */
export function knownNames(references: References): (code: string) => string | undefined {
  return (code) => {
    if (code === 'this') {
      return references.own;
    }
    const ref = REF.exec(code);
    if (ref !== null) {
      const [, a1, a2, b1, b2, version] = ref;
      const [first = '', second] = [a1 ?? a2, b1 ?? b2];
      return references.ref(second ?? first, {
        ...(second === undefined ? {} : { package: first }),
        ...(version === undefined ? {} : { version }),
      });
    }
    const source = SOURCE.exec(code);
    const [, a1, a2, b1, b2] = source ?? [];
    return source === null ? undefined : references.source(a1 ?? a2 ?? '', b1 ?? b2 ?? '');
  };
}
