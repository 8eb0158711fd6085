import type { DecisionInput, DecisionRule } from './decision-rule.ts';
import { RULES } from './rules.ts';
import type { Refusal } from './verdict.ts';

export type Decision =
  | { readonly build: true }
  | { readonly build: false; readonly refusedBy: string; readonly refusal: Refusal };

/** Asks each rule in turn; the first refusal decides. */
export function judge(input: DecisionInput, rules: readonly DecisionRule[] = RULES): Decision {
  for (const rule of rules) {
    const verdict = rule.judge(input);
    if (verdict.kind === 'refuse') {
      return { build: false, refusedBy: rule.id, refusal: verdict };
    }
  }
  return { build: true };
}
