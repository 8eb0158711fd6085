import type { ExplainWording } from '../explain-wording.ts';

/** EXPLAIN compiles a statement and does not execute it; its page names no statements but those with a plan. */
export const explainWording: ExplainWording = {
  takes:
    /^\s*(select|with|insert|update|delete|merge|create\s+(transient\s+)?table\s[^]*?\sas\s|create\s+(or\s+replace\s+)?(secure\s+)?view)\b/i,
  otherwise: 'Snowflake explains what has a plan, and documents no other way to check a statement',
};
