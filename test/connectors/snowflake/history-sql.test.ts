import { expect, it } from 'vitest';
import {
  attributedSql,
  countsSql,
  creditsSql,
  groupsSql,
  workSql,
} from '../../../src/connectors/snowflake/history-sql.ts';

const SPAN = { relation: 'H', from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 2) };

/** Of Snowflake's page on reserved keywords, those one might call a column. */
const RESERVED =
  /^(?:all|any|by|check|column|connect|current|following|group|increment|issue|minus|of|order|organization|row|rows|sample|set|some|start|table|tablesample|to|trigger|unique|values|view)$/i;

it('calls no column by a word Snowflake reserves', () => {
  const asked = { most: 10, sessions: 'S' };
  const groups = [groupsSql(SPAN, asked), attributedSql(SPAN, { ...asked, attribution: 'A' })];
  const texts = [...groups, countsSql(SPAN), workSql(SPAN), creditsSql(SPAN)];

  const names = texts.flatMap((text) =>
    [...text.matchAll(/\bas (\w+)/g)].map(([, name = '']) => name),
  );
  expect(names).toContain('runs');
  expect(names.filter((name) => RESERVED.test(name))).toEqual([]);
});
