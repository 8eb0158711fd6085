/** A rewrite with one mistake in it, of a kind that matchers make. */
export interface WrongRewrite {
  readonly mistake: string;
  readonly sql: string;
}

interface Mistake {
  readonly name: string;
  readonly pattern: RegExp;
  readonly change: (found: string) => string;
}

/** Our printer writes one clause a line, which is what these patterns rely on. */
const MISTAKES: readonly Mistake[] = [
  { name: 'WHERE dropped', pattern: /^where .*(\n {2}and .*)*$/gm, change: () => '' },
  { name: 'conjunct dropped', pattern: /^ {2}and .*$/gm, change: () => '' },
  { name: 'LEFT to INNER', pattern: /\bleft join\b/g, change: () => 'join' },
  { name: 'INNER to LEFT', pattern: /(?<!left |full )\bjoin\b/g, change: () => 'left join' },
  { name: 'sum to count', pattern: /\bsum\(/g, change: () => 'count(' },
  { name: 'sum to max', pattern: /\bsum\(/g, change: () => 'max(' },
  { name: 'max to min', pattern: /\bmax\(/g, change: () => 'min(' },
  {
    name: 'count column to count rows',
    pattern: /\bcount\((?!\*)[^()]*\)/g,
    change: () => 'count(*)',
  },
  { name: 'DISTINCT dropped', pattern: /\bdistinct /g, change: () => '' },
  { name: 'DISTINCT added', pattern: /^select (?!distinct)/g, change: () => 'select distinct ' },
  {
    name: 'coalesce dropped',
    pattern: /\bcoalesce\((t\d+\.\w+), [^()]*\)/g,
    change: (found) => found.replace(/coalesce\((t\d+\.\w+),.*/s, '$1'),
  },
  {
    name: 'group column missing',
    pattern: /^(group by .*), [^,\n]+$/gm,
    change: (found) => found.replace(/, [^,\n]+$/, ''),
  },
  { name: '> to >=', pattern: / > /g, change: () => ' >= ' },
  { name: '>= to >', pattern: / >= /g, change: () => ' > ' },
  { name: '< to <=', pattern: / < /g, change: () => ' <= ' },
  { name: '= to <>', pattern: / = (?=[^\n]*$)/gm, change: () => ' <> ' },
  { name: 'and to or', pattern: /\n {2}and /g, change: () => ' or ' },
  { name: 'IS NOT NULL to IS NULL', pattern: /is not null/g, change: () => 'is null' },
  { name: 'IS NOT NULL dropped', pattern: /t\d+\.\w+ is not null/g, change: () => 'true' },
  {
    name: 'number off by one',
    pattern: /(?<=[=<>] )\d+\b/g,
    change: (found) => String(Number(found) + 1),
  },
  { name: 'day off by one', pattern: /2024-02-01/g, change: () => '2024-02-02' },
  { name: 'HAVING dropped', pattern: /^having .*$/gm, change: () => '' },
];

/** Every way to make one mistake in a right rewrite, and every column of the mart read for its neighbour. */
export function wrongRewrites(right: string): readonly WrongRewrite[] {
  const slips = MISTAKES.flatMap(({ name, pattern, change }) =>
    [...right.matchAll(pattern)].map((found) => ({
      mistake: name,
      sql: `${right.slice(0, found.index)}${change(found[0])}${right.slice(found.index + found[0].length)}`,
    })),
  );
  const columns = [
    ...new Set([...right.matchAll(/\bt1\.(x\d+)\b/g)].map(([, name]) => name ?? '')),
  ];
  const swaps = columns.slice(0, 3).map((name, at) => {
    const other = columns[at + 1] ?? `x${Number(name.slice(1)) + 1}`;
    return {
      mistake: 'wrong column',
      sql: right.replace(new RegExp(`\\bt1\\.${name}\\b`), `t1.${other}`),
    };
  });
  return [...slips, ...swaps].filter(({ sql }) => sql !== right);
}
