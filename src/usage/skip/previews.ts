import type { SkipRule } from '../skip-rule.ts';

const MOST_ROWS = 1000;
const NAME = '(?:"(?:[^"]|"")*"|[^\\s"().,]+)';
const PREVIEW = new RegExp(
  `^select (?:top \\d+ )?(?:${NAME}\\.)?\\* from ${NAME}(?:\\.${NAME})*(?: ${NAME})? limit (\\d+)(?: offset \\?)?$`,
);

/** `select * from t limit 200` by a person: a client shows what a table looks like. Nobody asked a question of it. */
export const previews: SkipRule = {
  id: 'previews',

  skips({ reader, reading }) {
    if (reader.kind !== 'person' || reading.statementClass.verb !== 'select') {
      return false;
    }
    const limit = PREVIEW.exec(reading.print().normalForm)?.[1];
    return limit !== undefined && Number(limit) <= MOST_ROWS;
  },
};
