import type { Tokens } from '../../sql/tokens.ts';

/** A run of tokens: from `first` up to, and not including, `end`. */
export interface TokenRun {
  readonly first: number;
  readonly end: number;
}

/** Where the parts of a query stand in its text. No more is known here than brackets, commas and clause words tell. */
export interface TextQuery {
  readonly ctes: readonly TextCte[];
  readonly isRecursive: boolean;
  /** One, or the members of UNION, INTERSECT and EXCEPT in reading order. */
  readonly members: readonly TextMember[];
}

export interface TextCte extends TokenRun {
  /** Lower case. */
  readonly name: string;
  /** `name (a, b) as`: its columns go by their places. */
  readonly hasColumnList: boolean;
  readonly query: TextQuery;
}

export type TextMember =
  | TextSelect
  | { readonly kind: 'nested'; readonly query: TextQuery }
  | { readonly kind: 'other' };

export interface TextSelect extends TokenRun {
  readonly kind: 'select';
  readonly items: readonly TextItem[];
  readonly sources: readonly TextSource[];
  readonly groupBy: TextList | undefined;
  readonly orderBy: TextList | undefined;
  /** WINDOW, whose words may name columns. */
  readonly windows: TokenRun | undefined;
}

export interface TextItem extends TokenRun {
  readonly isStar: boolean;
  /** The comma after it. */
  readonly comma: number | undefined;
}

export interface TextList {
  readonly elements: readonly TokenRun[];
  /** GROUP BY ALL, ORDER BY ALL. */
  readonly isAll: boolean;
}

export interface TextSource extends TokenRun {
  readonly join: 'first' | 'comma' | 'inner' | 'left' | 'right' | 'other';
  readonly query: TextQuery | undefined;
}

/** Everything of a text that is edited. */
export interface ModelText {
  readonly tokens: Tokens;
  readonly query: TextQuery;
}

/** The structure could not be told from the text; the message says why, in a clause. */
export class Unreadable extends Error {
  constructor(because: string) {
    super(because);
    this.name = 'Unreadable';
  }
}
