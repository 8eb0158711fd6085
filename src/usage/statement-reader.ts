import { classifyTokens, type StatementClass } from '../sql/classify-statement.ts';
import { type CommentTags, commentTagsOf } from '../sql/comment-tags.ts';
import type { Dialect } from '../sql/dialect.ts';
import { type Fingerprint, fingerprintOfForm } from '../sql/fingerprint.ts';
import { tokenizeForNow } from '../sql/lexer.ts';
import { measureTokens } from '../sql/measure-tokens.ts';
import { type NormalFormOptions, normalFormOf } from '../sql/normal-form.ts';
import {
  CUT_COMMENT,
  cutAt,
  cutsAreTokens,
  type TextSketch,
  textSketch,
} from '../sql/text-sketch.ts';
import { tokenFactsOf } from '../sql/token-facts.ts';
import type { Span, Tokens } from '../sql/tokens.ts';
import { mayNameCatalog } from './may-name-catalog.ts';
import { remembering } from './remembering.ts';
import { hasFrom, type StatementReading } from './statement-reading.ts';

/** A reading, and the comments its tags were read from. */
export interface RememberedReading extends StatementReading {
  readonly comments: string;
}

/** What all texts share that differ in nothing but plain literals and comments. */
interface Outline extends Pick<Fingerprint, 'operators' | 'depth'> {
  readonly statementClass: StatementClass;
  readonly isEmpty: boolean;
  readonly hasFrom: boolean;
  /** The cuts whose literals may be part of the normal form. */
  readonly keptCuts: readonly number[];
  /** By what stands in the kept cuts. */
  readonly forms: Map<string, Form>;
}

interface Form {
  readonly normalForm: string;
  readonly fingerprint: string;
  readonly mayNameCatalog: boolean;
}

/** Templates in use; their texts are some hundred bytes each. */
const FORMS = { entries: 16_384, characters: 8_000_000 };
const COMMENTS = { entries: 4096, characters: 2_000_000 };
/** Longer comments are prose or hold what changes each time. */
export const LONGEST_REMEMBERED = 4096;
/** When the kept cuts of one outline were filled in more ways, all are forgotten. */
const MOST_FILLINGS = 64;

const NO_TAGS: CommentTags = { pairs: {} };

/**
 * `readStatement` for many texts of one dialect: same answers, but a text that differs from an earlier one in nothing but
 * plain literals and comments is known again by its sketch, without cutting it into tokens. Memory is bounded.
 */
export function statementReader(dialect: Dialect): (text: string) => RememberedReading {
  const outlines = remembering<Outline | 'none'>(FORMS);
  const forms = remembering<Form>(FORMS);
  const tagsByComment = remembering<CommentTags>(COMMENTS);

  /** The text is the one first remembered, so that templates do not hold a copy for each of their runs. */
  function formOf(normalForm: string): Form {
    const known = forms.get(normalForm);
    if (known !== undefined) {
      return known;
    }
    const form = {
      normalForm,
      fingerprint: fingerprintOfForm(normalForm),
      mayNameCatalog: mayNameCatalog(normalForm),
    };
    forms.set(normalForm, form);
    return form;
  }

  function tagsOf(commented: CommentedText, text: string): CommentTags {
    if (text === '') {
      return NO_TAGS;
    }
    const known = text.length > LONGEST_REMEMBERED ? undefined : tagsByComment.get(text);
    if (known !== undefined) {
      return known;
    }
    const tags = commentTagsOf(commented);
    if (text.length <= LONGEST_REMEMBERED) {
      tagsByComment.set(text, tags);
    }
    return tags;
  }

  function readTokens(tokens: Tokens, options: NormalFormOptions): RememberedReading {
    const comments = commentText(tokens);
    let made: Fingerprint | undefined;
    const print = () => {
      made ??= printOf(tokens, options);
      return made;
    };
    return {
      statementClass: classifyTokens(tokens),
      tags: tagsOf(tokens, comments),
      comments,
      isEmpty: tokens.count === 0,
      hasFrom: hasFrom(tokens),
      print,
      mayNameCatalog: () => formOf(print().normalForm).mayNameCatalog,
      tables: () => tokenFactsOf(tokens, dialect).tables,
    };
  }

  function printOf(tokens: Tokens, options: NormalFormOptions): Fingerprint {
    const { normalForm, fingerprint } = formOf(normalFormOf(tokens, dialect, options));
    const { operators, depth } = measureTokens(tokens);
    return { fingerprint, normalForm, operators, depth, length: tokens.sql.length };
  }

  function recall(sketch: TextSketch, outline: Outline): RememberedReading | undefined {
    const form = outline.forms.get(fillingOf(sketch, outline.keptCuts));
    if (form === undefined) {
      return undefined;
    }
    const commented = { sql: sketch.sql, comments: commentsOf(sketch) };
    const comments = commentText(commented);
    const tags = tagsOf(commented, comments);
    return new Recalled({ sql: sketch.sql, outline, form, tags, comments, dialect });
  }

  /** Reads the tokens of a text, and keeps what all texts of its sketch share where the lexer sees its cuts too. */
  function learn(sketch: TextSketch, tokens: Tokens): RememberedReading {
    if (!cutsAreTokens(sketch, tokens)) {
      outlines.set(sketch.key, 'none');
      return readTokens(tokens, {});
    }
    const keptCuts: number[] = [];
    const reading = readTokens(tokens, {
      onPlace(index) {
        const cut = cutAt(sketch, tokens.starts[index] ?? 0);
        if (cut !== -1) {
          keptCuts.push(cut);
        }
      },
    });
    const { statementClass, isEmpty } = reading;
    const { operators, depth, normalForm } = reading.print();
    const known = outlines.get(sketch.key);
    const outline: Outline =
      known === undefined || known === 'none'
        ? {
            statementClass,
            isEmpty,
            hasFrom: reading.hasFrom,
            operators,
            depth,
            keptCuts,
            forms: new Map(),
          }
        : known;
    if (outline.forms.size >= MOST_FILLINGS) {
      outline.forms.clear();
    }
    outline.forms.set(fillingOf(sketch, keptCuts), formOf(normalForm));
    if (outline !== known) {
      outlines.set(sketch.key, outline);
    }
    return reading;
  }

  return (text) => {
    const sketch = textSketch(text, dialect.lexical);
    const outline = sketch === undefined ? undefined : outlines.get(sketch.key);
    const isOutlined = outline !== undefined && outline !== 'none';
    const known = isOutlined && sketch !== undefined ? recall(sketch, outline) : undefined;
    if (known !== undefined) {
      return known;
    }
    const tokens = tokenizeForNow(text, dialect.lexical);
    return sketch === undefined || outline === 'none'
      ? readTokens(tokens, {})
      : learn(sketch, tokens);
  };
}

interface RecalledParts {
  readonly sql: string;
  readonly outline: Outline;
  readonly form: Form;
  readonly tags: CommentTags;
  readonly comments: string;
  readonly dialect: Dialect;
}

/** A class, as one of these is made for every row: closures would cost several objects each. */
class Recalled implements RememberedReading {
  readonly #parts: RecalledParts;

  constructor(parts: RecalledParts) {
    this.#parts = parts;
  }

  get statementClass(): StatementClass {
    return this.#parts.outline.statementClass;
  }

  get tags(): CommentTags {
    return this.#parts.tags;
  }

  get comments(): string {
    return this.#parts.comments;
  }

  get isEmpty(): boolean {
    return this.#parts.outline.isEmpty;
  }

  get hasFrom(): boolean {
    return this.#parts.outline.hasFrom;
  }

  print(): Fingerprint {
    const { sql, form, outline } = this.#parts;
    const { normalForm, fingerprint } = form;
    const { operators, depth } = outline;
    return { fingerprint, normalForm, operators, depth, length: sql.length };
  }

  mayNameCatalog(): boolean {
    return this.#parts.form.mayNameCatalog;
  }

  tables(): readonly string[] {
    const { sql, dialect } = this.#parts;
    return tokenFactsOf(tokenizeForNow(sql, dialect.lexical), dialect).tables;
  }
}

type CommentedText = Pick<Tokens, 'sql' | 'comments'>;

const NO_COMMENTS: readonly Span[] = [];

function commentsOf({ count, kinds, starts, ends }: TextSketch): readonly Span[] {
  let comments: Span[] | undefined;
  for (let cut = 0; cut < count; cut += 1) {
    if (kinds[cut] === CUT_COMMENT) {
      comments ??= [];
      comments.push({ start: starts[cut] ?? 0, end: ends[cut] ?? 0 });
    }
  }
  return comments ?? NO_COMMENTS;
}

function commentText({ sql, comments }: CommentedText): string {
  if (comments.length <= 1) {
    const [only] = comments;
    return only === undefined ? '' : sql.slice(only.start, only.end);
  }
  return comments.map(({ start, end }) => sql.slice(start, end)).join('\n');
}

/** What stands in these cuts: strings with their quotes, numbers ended by a NUL. */
function fillingOf({ sql, starts, ends }: TextSketch, cuts: readonly number[]): string {
  let filling = '';
  for (const cut of cuts) {
    filling += `${sql.slice(starts[cut], ends[cut])}\0`;
  }
  return filling;
}
