/**
 * Puts the keys that stand in the comment after each CREATE TABLE into its text, so that they are declared:
 * `unique_constraints=a; foreign_key_constraints=(b) REFERENCES t(c)`.
 */
export function withDeclaredKeys(ddl: string): string {
  return ddl.replaceAll(
    /^(CREATE TABLE [^\n]*)\);\s*--([^\n]*)$/gm,
    (_line, create: string, comment: string) => {
      const columns = new Set(
        [...create.matchAll(/"(\w+)"/g)].map(([, name]) => name?.toLowerCase()),
      );
      const has = (list: string): boolean =>
        list.split(',').every((column) => columns.has(column.trim().toLowerCase()));
      const uniques = [...comment.matchAll(/unique_constraints=([\w,\s]+?)(?:;|$)/g)].flatMap(
        ([, list = '']) => (has(list) ? [`, unique (${list.trim()})`] : []),
      );
      const references = [
        ...comment.matchAll(/\(([\w,\s]+)\)\s*REFERENCES\s+([\w.]+)\s*\(([\w,\s]+)\)/gi),
      ].flatMap(([, from = '', to = '', key = '']) =>
        has(from) ? [`, foreign key (${from}) references ${to} (${key})`] : [],
      );
      return `${create}${[...uniques, ...references].join('')});`;
    },
  );
}
