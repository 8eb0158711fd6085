import type { TextCte, TextQuery, TextSelect } from './text-query.ts';

export interface SelectAt {
  readonly select: TextSelect;
  /** The CTEs it stands in, outermost first. */
  readonly inside: readonly TextCte[];
}

/** Every select of a text, those in CTEs and derived tables too. */
export function selectsIn(
  { ctes, members }: TextQuery,
  inside: readonly TextCte[] = [],
): readonly SelectAt[] {
  return [
    ...ctes.flatMap((cte) => selectsIn(cte.query, [...inside, cte])),
    ...members.flatMap((member): readonly SelectAt[] => {
      if (member.kind === 'nested') {
        return selectsIn(member.query, inside);
      }
      return member.kind === 'select'
        ? [
            { select: member, inside },
            ...derivedIn(member).flatMap((query) => selectsIn(query, inside)),
          ]
        : [];
    }),
  ];
}

function derivedIn({ sources }: TextSelect): readonly TextQuery[] {
  return sources.flatMap(({ query }) => (query === undefined ? [] : [query]));
}

/** The selects that make the outputs of a query: one, or the members of a set operation. */
export function outerSelects({ members }: TextQuery): readonly TextSelect[] {
  return members.flatMap((member) =>
    member.kind === 'select'
      ? [member]
      : member.kind === 'nested'
        ? outerSelects(member.query)
        : [],
  );
}

/** The entries of every WITH that has some. */
export function withsIn(query: TextQuery): readonly (readonly TextCte[])[] {
  const inner = [
    ...query.ctes.map((cte) => cte.query),
    ...query.members.flatMap((member) =>
      member.kind === 'nested' ? [member.query] : member.kind === 'select' ? derivedIn(member) : [],
    ),
  ];
  return [query.ctes, ...inner.flatMap(withsIn)].filter((entries) => entries.length > 0);
}
