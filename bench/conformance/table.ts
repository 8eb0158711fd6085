import type { Cell, Measure, Section } from './measure.ts';
import { isReached, OURS } from './measure.ts';

/** The sections as tables in Markdown: a measure a line, an engine a column. */
export function tableOf(sections: readonly Section[]): string {
  return sections.map(sectionText).join('\n');
}

function sectionText({ title, notes, measures, misses }: Section): string {
  const engines = [
    OURS,
    ...new Set(measures.flatMap(({ cells }) => Object.keys(cells)).filter((name) => name !== OURS)),
  ];
  const lines = measures.map((measure) => {
    const cells = engines.map((engine) => cellText(measure.cells[engine]));
    return `| ${[measure.name, askedText(measure), ...cells].join(' | ')} |`;
  });
  const head = ['measure', 'asked', ...engines];
  return [
    `### ${title}\n`,
    ...notes.map((note) => `- ${note}`),
    '',
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...lines,
    '',
    `${misses.length} misses of ours are listed in the results.\n`,
  ].join('\n');
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) {
    return '';
  }
  switch (cell.kind) {
    case 'share':
      return `${((100 * cell.hits) / Math.max(1, cell.of)).toFixed(1)} % (${cell.hits}/${cell.of})`;
    case 'number':
      return `${cell.value.toLocaleString('en-US', { maximumFractionDigits: 2 })}${cell.unit === '' ? '' : ` ${cell.unit}`}`;
    case 'skipped':
      return `skipped: ${cell.because}`;
  }
}

function askedText(measure: Measure): string {
  const { asked } = measure;
  if (asked === undefined) {
    return '';
  }
  const bound = 'atLeast' in asked ? `>= ${asked.atLeast}` : `<= ${asked.atMost}`;
  const isThere = isReached(measure);
  return isThere === undefined ? bound : `${bound}${isThere ? '' : ' **missed**'}`;
}
