import { classifyTokens, type StatementClass } from '../sql/classify-statement.ts';
import { type CommentTags, commentTagsOf } from '../sql/comment-tags.ts';
import type { Dialect } from '../sql/dialect.ts';
import { type Fingerprint, fingerprintOfForm } from '../sql/fingerprint.ts';
import { tokenizeForNow } from '../sql/lexer.ts';
import { measureTokens } from '../sql/measure-tokens.ts';
import { type NormalFormOptions, normalFormOf } from '../sql/normal-form.ts';
import { isComment } from '../sql/sketch-cuts.ts';
import {
  cutAt,
  cutsAreTokens,
  type TextCuts,
  type TextSketch,
  textSketch,
} from '../sql/text-sketch.ts';
import { tokenFactsOf } from '../sql/token-facts.ts';
import type { Span, Tokens } from '../sql/tokens.ts';
import { likelySketches } from './likely-sketches.ts';
import { mayNameCatalog } from './may-name-catalog.ts';
import { remembering } from './remembering.ts';
import { hasFrom, type StatementReading } from './statement-reading.ts';

/** A reading, and a number for the comments its tags were read from: equal numbers, equal tags. */
export interface RememberedReading extends StatementReading {
  /** Absent for comments too long to be remembered. */
  readonly commentNumber: number | undefined;
}

/** What the comments of a text tell. */
interface Commented {
  readonly comments: string;
  readonly tags: CommentTags;
  readonly number: number | undefined;
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
  /** Of the text read last: most tools write the same into each run of a template. */
  commented: Commented;
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
const LONGEST_REMEMBERED = 4096;
/** When the kept cuts of one outline were filled in more ways, all are forgotten. */
const MOST_FILLINGS = 64;

const UNCOMMENTED: Commented = { comments: '', tags: { pairs: {} }, number: 0 };

/**
 * `readStatement` for many texts of one dialect: same answers, but a text that differs from an earlier one in nothing but
 * plain literals and comments is known again by its sketch, without cutting it into tokens. Memory is bounded.
 */
export function statementReader(dialect: Dialect): (text: string) => RememberedReading {
  const outlines = remembering<Outline | 'none'>(FORMS);
  const likely = likelySketches<Outline>(dialect.lexical);
  const forms = remembering<Form>(FORMS);
  const known = remembering<Commented>(COMMENTS);
  let numbers = 0;

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

  function commentedOf(text: CommentedText, comments: string): Commented {
    if (comments === '') {
      return UNCOMMENTED;
    }
    if (comments.length > LONGEST_REMEMBERED) {
      return { comments, tags: commentTagsOf(text), number: undefined };
    }
    const before = known.get(comments);
    if (before !== undefined) {
      return before;
    }
    numbers += 1;
    const commented = { comments, tags: commentTagsOf(text), number: numbers };
    known.set(comments, commented);
    return commented;
  }

  function readTokens(tokens: Tokens, options: NormalFormOptions): RememberedReading {
    const { tags, number } = commentedOf(tokens, commentText(tokens));
    let made: Fingerprint | undefined;
    const print = () => {
      made ??= printOf(tokens, options);
      return made;
    };
    return {
      statementClass: classifyTokens(tokens),
      tags,
      commentNumber: number,
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

  function recall(cuts: TextCuts, outline: Outline): RememberedReading | undefined {
    const form = outline.forms.get(fillingOf(cuts, outline.keptCuts));
    if (form === undefined) {
      return undefined;
    }
    const text = { sql: cuts.sql, comments: commentsOf(cuts) };
    const comments = commentText(text);
    if (comments !== outline.commented.comments) {
      outline.commented = commentedOf(text, comments);
    }
    const { commented } = outline;
    return new Recalled({ sql: cuts.sql, outline, form, commented, dialect });
  }

  /** Reads the tokens of a text, and keeps what all texts of its sketch share where the lexer sees its cuts too. */
  function learn(sketch: TextSketch): RememberedReading {
    const tokens = tokenizeForNow(sketch.sql, dialect.lexical);
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
    const { statementClass, isEmpty, hasFrom } = reading;
    const { operators, depth, normalForm } = reading.print();
    const forms = new Map([[fillingOf(sketch, keptCuts), formOf(normalForm)]]);
    const shared = { statementClass, isEmpty, hasFrom, operators, depth };
    const outline = { ...shared, keptCuts, forms, commented: UNCOMMENTED };
    outlines.set(sketch.key, outline);
    likely.remember(sketch, outline);
    return reading;
  }

  /** Reads the tokens of a text whose kept cuts are filled as in none before. */
  function learnFilling(cuts: TextCuts, { forms: known, keptCuts }: Outline): RememberedReading {
    const reading = readTokens(tokenizeForNow(cuts.sql, dialect.lexical), {});
    if (known.size >= MOST_FILLINGS) {
      known.clear();
    }
    known.set(fillingOf(cuts, keptCuts), formOf(reading.print().normalForm));
    return reading;
  }

  return (text) => {
    const found = likely.find(text);
    if (found !== undefined) {
      return recall(found.cuts, found.value) ?? learnFilling(found.cuts, found.value);
    }
    const sketch = textSketch(text, dialect.lexical);
    const outline = sketch && outlines.get(sketch.key);
    if (sketch === undefined || outline === 'none') {
      return readTokens(tokenizeForNow(text, dialect.lexical), {});
    }
    if (outline === undefined) {
      return learn(sketch);
    }
    likely.remember(sketch, outline);
    return recall(sketch, outline) ?? learnFilling(sketch, outline);
  };
}

interface RecalledParts {
  readonly sql: string;
  readonly outline: Outline;
  readonly form: Form;
  readonly commented: Commented;
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
    return this.#parts.commented.tags;
  }

  get commentNumber(): number | undefined {
    return this.#parts.commented.number;
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

function commentsOf({ count, kinds, starts, ends }: TextCuts): readonly Span[] {
  let comments: Span[] | undefined;
  for (let cut = 0; cut < count; cut += 1) {
    if (isComment(kinds[cut] ?? 0)) {
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
function fillingOf({ sql, starts, ends }: TextCuts, cuts: readonly number[]): string {
  let filling = '';
  for (const cut of cuts) {
    filling += `${sql.slice(starts[cut], ends[cut])}\0`;
  }
  return filling;
}
