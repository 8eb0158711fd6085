import type { RelationId } from '../../base/relation.ts';
import { cellText } from '../cell-text.ts';
import type { LostWhenReplaced } from '../wording.ts';
import { databricksNames, named } from './names.ts';

/**
 * CREATE OR REPLACE VIEW is documented as DROP and CREATE: tags, properties and what the view does when its tables change are those of
 * the new one. Grants, owner and comments are said again or given back.
 */
export function lostWhenReplaced(view: RelationId): readonly LostWhenReplaced[] {
  const name = databricksNames.relation(view);
  return [
    {
      now: `select concat('tag ', tag_name) as tag from information_schema.table_tags where ${named(view, '')}
union all
select concat('tag ', tag_name, ' on column ', column_name) from information_schema.column_tags where ${named(view, '')}
order by 1`,
    },
    {
      now: `show tblproperties ${name}`,
      read: ([key]) => ownProperty(cellText(key)),
      isOnlyTold: true,
    },
    {
      now: `show create table ${name}`,
      read: ([text]) => schemaBinding(cellText(text)),
      isOnlyTold: true,
    },
  ];
}

/** What the warehouse keeps among the properties for itself; by names that Spark reserves it tells what is said by other words, as comments. */
const KEPT_BY_WAREHOUSE =
  /^(view\.|spark\.|delta\.|pipelines\.|(transient_lastDdlTime|comment|collation|provider|location|owner|external|is_managed_location)$)/i;

function ownProperty(key: string): string | undefined {
  return key === '' || KEPT_BY_WAREHOUSE.test(key) ? undefined : `property ${key}`;
}

/** Texts and names may hold these words; what follows AS is the query. COMPENSATION is what a view has that says nothing. */
function schemaBinding(text: string): string | undefined {
  const [head = ''] = text
    .replaceAll(/'(?:[^'\\]|\\.|'')*'|"[^"]*"|`[^`]*`/g, 'x')
    .split(/\bas\b/i);
  const [, binding] = /\bwith\s+schema\s+(binding|(?:type\s+)?evolution)\b/i.exec(head) ?? [];
  return binding === undefined ? undefined : `WITH SCHEMA ${binding.toUpperCase()}`;
}
