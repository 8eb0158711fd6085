/** Schema and name; bare names lie in the session's own schema. */
export function lastTwoOf(dotted: string): readonly [schema: string, name: string] {
  const [name = '', schema = 'PUBLIC'] = [...dotted.matchAll(/"((?:[^"]|"")*)"|([^.]+)/g)]
    .map(([, quoted, plain]) => quoted ?? plain ?? '')
    .toReversed();
  return [schema, name];
}
