import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import {
  namesBy,
  renamedBySelect,
  standardNames,
  standardStatements,
} from '../../src/connectors/standard-wording.ts';

const backticks = namesBy({
  quote: (name) => `\`${name.replaceAll('`', '``')}\``,
  text: (value) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
});
const relation = relationId({ database: 'my-project', schema: 'gold', name: 'daily sales' });

describe('names', () => {
  it.for([
    ['double quotes', standardNames, '"my-project"."gold"."daily sales"'],
    ['backticks', backticks, '`my-project`.`gold`.`daily sales`'],
  ] as const)('are quoted part by part with %s', ([, names, text]) => {
    expect(names.relation(relation)).toBe(text);
  });

  it('keep quotes within names and texts', () => {
    expect(standardNames.quote('a "b"')).toBe('"a ""b"""');
    expect(standardNames.text("it's")).toBe("'it''s'");
    expect(backticks.text("it's \\")).toBe("'it\\'s \\\\'");
  });

  it('rename the columns of a SELECT behind its alias, or by another SELECT', () => {
    const query = { sql: 'select 1 as n;', alias: 'content', columns: [{ name: 'n' }], as: ['c0'] };

    expect(standardNames.renamed(query)).toBe('(\nselect 1 as n\n) as content(c0)');
    expect(renamedBySelect(query, (name) => backticks.quote(name))).toBe(
      '(\nselect `n` as c0 from (\nselect 1 as n\n) as named\n) as content',
    );
  });
});

describe('statements', () => {
  it('say comments and schemas with these names', () => {
    const statements = standardStatements(backticks);

    expect(statements.createSchema('gold')).toBe('create schema if not exists `gold`');
    expect(statements.commentOn('view', { relation, comment: "finance's" })).toBe(
      "comment on view `my-project`.`gold`.`daily sales` is 'finance\\'s'",
    );
    expect(statements.commentOn('table', { relation, comment: undefined })).toMatch(/ is null$/);
  });
});
