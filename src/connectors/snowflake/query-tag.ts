import type { HistoryRow } from '../history-row.ts';

/** How the account's history knows our statements. */
export const OUR_TAG = '{"app":"goldsmith"';

/** Tags by name where the tag is a JSON object, as dbt and others write it; else the text alone. */
export function tagsOf(tag: string): Partial<HistoryRow> {
  if (tag === '') {
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(tag);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      const tags = Object.entries(parsed).filter(([, value]) => typeof value === 'string');
      return { tags: Object.fromEntries(tags) as Record<string, string> };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
  }
  return { tags: { query_tag: tag } };
}
