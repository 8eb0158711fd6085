/** A rule's answer. A refusal says why in words and numbers, with the number that would flip it. */
export type Verdict = Pass | Refusal;

export interface Pass {
  readonly kind: 'pass';
}

export interface Refusal {
  readonly kind: 'refuse';
  /** One clause, with numbers. */
  readonly because: string;
  readonly evidence: Readonly<Record<string, string | number>>;
  readonly flip: Flip;
}

/** What would turn a refusal into a pass. */
export interface Flip {
  /** What is measured: `runs in 14 days`. */
  readonly what: string;
  readonly now: string | number;
  readonly needed: string | number;
}

export const pass: Pass = { kind: 'pass' };

export function refuse(because: string, parts: Omit<Refusal, 'kind' | 'because'>): Refusal {
  return { kind: 'refuse', because, ...parts };
}
