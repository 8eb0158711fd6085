import { dayOf } from '../../base/clock.ts';
import type {
  BusinessWord,
  WordDefinition,
  WordReader,
} from '../../lineage/words/business-words.ts';
import { shortName } from '../cycle-report.ts';
import type { Comparison, DefinitionTotal } from './compare-definitions.ts';

/** Of all its definitions. */
export function runsOf({ definitions }: BusinessWord): number {
  return definitions.reduce((sum, { runs }) => sum + runs, 0);
}

/** `net_revenue: 2 definitions, 41 runs by 3 readers`. */
export function headOf(word: BusinessWord): string {
  const { definitions, name } = word;
  const spellings = [...new Set(definitions.flatMap((one) => one.spellings))].filter(
    (one) => one !== name,
  );
  const also = spellings.length === 0 ? '' : ` (also ${spellings.slice(0, 5).join(', ')})`;
  const readers = new Set(
    definitions.flatMap((one) =>
      one.readers.map(({ kind, tool, name: who }) => `${kind} ${tool} ${who}`),
    ),
  );
  return `${name}${also}: ${counted(definitions.length, 'definition')}, ${counted(runsOf(word), 'run')} by ${counted(readers.size, 'reader')}`;
}

/** A definition in the list of all words. */
export function shortLines({
  id,
  text,
  runs,
  readers,
  views,
  lastUse,
}: WordDefinition): readonly string[] {
  const who = readers.slice(0, 3).map(({ name }) => name);
  const more = readers.length > 3 ? ` and ${readers.length - 3} more` : '';
  const last = lastUse === undefined ? '' : `, last on ${dayOf(lastUse)}`;
  const used =
    readers.length === 0 ? 'no runs' : `${counted(runs, 'run')} by ${who.join(', ')}${more}${last}`;
  return [`  ${id}  ${text}`, `            ${used}${definedIn(views)}`];
}

/** A definition with all that is known of it. */
export function longLines(
  definition: WordDefinition,
  {
    total,
    written,
  }: { readonly total: DefinitionTotal | undefined; readonly written: readonly string[] },
): readonly string[] {
  const {
    id,
    text,
    hidesValues,
    views,
    alwaysFilteredBy,
    sometimesFilteredBy,
    groupedBy,
    unsure,
    readers,
  } = definition;
  const indented = (line: string) => `            ${line}`;
  return [
    `  ${id}  ${text}`,
    ...(hidesValues === 'none' ? [] : [indented(HIDDEN[hidesValues])]),
    ...(views.length === 0 ? [] : [indented(definedIn(views).replace(/^, /, ''))]),
    ...written.map(indented),
    ...(unsure.length === 0
      ? []
      : [
          indented(
            `a join to ${unsure.map(shortName).join(', ')} may repeat rows: no key of it is known`,
          ),
        ]),
    ...(alwaysFilteredBy.length === 0
      ? []
      : [indented(`always asked where ${alwaysFilteredBy.join(' and ')}`)]),
    ...(sometimesFilteredBy.length === 0
      ? []
      : [indented(`sometimes where ${sometimesFilteredBy.slice(0, 5).join('; or ')}`)]),
    ...(groupedBy.length === 0 ? [] : [indented(`mostly by ${groupedBy.join(', ')}`)]),
    ...readers.slice(0, 10).map((reader) => indented(readerLine(reader))),
    ...(readers.length > 10 ? [indented(`and ${readers.length - 10} more readers`)] : []),
    ...(total === undefined ? [] : [indented(totalLine(total))]),
  ];
}

const HIDDEN = {
  'of one reader': '? is a value that one reader alone uses: it is compared, and not shown',
  'of each run': '? is a value that changes from run to run, or was seen once',
} as const;

function definedIn(views: readonly string[]): string {
  return views.length === 0
    ? ''
    : `, defined in ${views.map((view) => shortName(view)).join(', ')}`;
}

function readerLine({ name, kind, tool, role, runs, lastUse }: WordReader): string {
  const by = [kind, tool, role === '' ? '' : `role ${role}`].filter((one) => one !== '');
  return `used by ${name} (${by.join(', ')}): ${counted(runs, 'run')}, last on ${dayOf(lastUse)}`;
}

function totalLine(total: DefinitionTotal): string {
  if (total.kind === 'no-total') {
    return `not compared: ${total.because}`;
  }
  const { difference, isEqual } = total;
  if (difference === undefined) {
    return `over all rows: ${total.total}`;
  }
  const share = `${(Math.abs(difference) * 100).toPrecision(3)} %`;
  const than = difference > 0 ? 'more' : 'less';
  return `over all rows: ${total.total}, ${isEqual ? 'the same today' : `${share} ${than} than the first`}`;
}

/** What was read to compare them, and where they differ. */
export function comparisonLines(comparison: Comparison | undefined): readonly string[] {
  if (comparison === undefined) {
    return [];
  }
  if (comparison.kind === 'not-compared') {
    return [`not compared: ${comparison.because}`];
  }
  const { byGroup, rowsRead, cpuMs } = comparison;
  return [
    ...(byGroup === undefined
      ? []
      : [
          `by ${byGroup.by}: ${byGroup.differing} of ${counted(byGroup.groups, 'group')} differ${byGroup.differing === 0 ? '' : `, by ${(byGroup.largest * 100).toPrecision(3)} % at most`}`,
        ]),
    `compared over ${rowsRead} rows in ${Math.round(cpuMs)} ms`,
  ];
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
