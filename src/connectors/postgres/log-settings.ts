import { quoteText } from '../quote.ts';

/** What is wrong with the log for whoever reads statements out of it, and the settings that mend it. */
export interface Trouble {
  readonly because: string;
  /** Nothing can be read while it stands; absent: some of it. */
  readonly endsAll?: true;
  readonly set: Readonly<Record<string, string>>;
}

/** By name, as `pg_settings` has them. */
export type LogSettings = ReadonlyMap<string, string>;

/** What reading statements out of the log rests on. */
export const LOG_SETTINGS = [
  'auto_explain.log_format',
  'auto_explain.log_min_duration',
  'auto_explain.log_nested_statements',
  'auto_explain.log_parameter_max_length',
  'auto_explain.sample_rate',
  'lc_messages',
  'log_destination',
  'log_min_duration_sample',
  'log_min_duration_statement',
  'log_min_error_statement',
  'log_min_messages',
  'log_parameter_max_length',
  'log_statement',
  'log_timezone',
  'logging_collector',
  'server_version_num',
];

/** What keeps `log-entry.ts` from reading every statement, or any; where some have settings of their own, theirs may be logged alone. */
export function logTroubles(
  settings: LogSettings,
  { someDiffer }: { readonly someDiffer: boolean },
): readonly Trouble[] {
  return [
    ...ofWriting(settings),
    ...(isLogged(settings) ? ofStatements(settings) : ofNone(settings, someDiffer)),
    ...ofPlans(settings),
  ];
}

/** How entries are written, whatever they say. */
function ofWriting(settings: LogSettings): readonly Trouble[] {
  const destinations = valueOf(settings, 'log_destination');
  const level = valueOf(settings, 'log_min_messages');
  return [
    ...when(!destinations.split(/\s*,\s*/).includes('jsonlog'), {
      because: 'it is not written as JSON',
      endsAll: true,
      set: { log_destination: quoteText([destinations, 'jsonlog'].filter(Boolean).join(',')) },
    }),
    ...when(valueOf(settings, 'logging_collector') !== 'on', {
      because: 'nobody writes it into files',
      endsAll: true,
      set: { logging_collector: 'on' },
    }),
    ...when(!/^(Etc\/)?(UTC|GMT)$/i.test(valueOf(settings, 'log_timezone')), {
      because: `its times are those of ${valueOf(settings, 'log_timezone')}`,
      endsAll: true,
      set: { log_timezone: quoteText('UTC') },
    }),
    ...ofWords(valueOf(settings, 'lc_messages')),
    ...when(/^(fatal|panic)$/.test(level), {
      because: `nothing below ${level} is written`,
      endsAll: true,
      set: { log_min_messages: 'warning' },
    }),
    ...when(/^(log|fatal|panic)$/.test(valueOf(settings, 'log_min_error_statement')), {
      because: 'those that failed are left out',
      set: { log_min_error_statement: 'error' },
    }),
  ];
}

/** An empty one is whatever the server was started with, most often English: nobody is told. */
function ofWords(words: string): readonly Trouble[] {
  const set = { lc_messages: quoteText('C') };
  if (words === '') {
    const because =
      'its words are those of where the server was started, since lc_messages is empty';
    return [{ because, set }];
  }
  return when(!/^(C|POSIX|en|English)([._@-]|$)/.test(words), {
    because: `its words are those of lc_messages ${quoteText(words)}`,
    endsAll: true,
    set,
  });
}

function ofNone(settings: LogSettings, someDiffer: boolean): readonly Trouble[] {
  return when(!isExplained(settings), {
    because: someDiffer ? 'statements of nobody else are logged' : 'no statement is logged',
    ...(someDiffer ? {} : { endsAll: true }),
    set: { log_min_duration_statement: '0' },
  });
}

/** Finished statements. A text that `log_statement` told is not told again with its duration. */
function ofStatements(settings: LogSettings): readonly Trouble[] {
  const least = Number(valueOf(settings, 'log_min_duration_statement'));
  const kinds = valueOf(settings, 'log_statement');
  return [
    ...when(least !== 0, {
      because: least > 0 ? `those under ${least} ms are left out` : 'only samples are logged',
      set: { log_min_duration_statement: '0' },
    }),
    ...when(kinds === 'all', {
      because: 'log_statement tells texts apart from their durations',
      endsAll: true,
      set: { log_statement: 'none' },
    }),
    ...when(kinds === 'ddl' || kinds === 'mod', {
      because: `log_statement tells the texts of those that are ${kinds} apart from their durations`,
      set: { log_statement: 'none' },
    }),
    ...when(!isWhole(settings, 'log_parameter_max_length'), {
      because: 'parameters are cut off',
      set: { log_parameter_max_length: '-1' },
    }),
    ...when(isExplained(settings), {
      because: 'auto_explain tells them once more, so they count twice',
      set: { 'auto_explain.log_min_duration': '-1' },
    }),
  ];
}

/** Plans of auto_explain, where it is loaded for everybody. */
function ofPlans(settings: LogSettings): readonly Trouble[] {
  if (!isExplained(settings)) {
    return [];
  }
  const least = Number(valueOf(settings, 'auto_explain.log_min_duration'));
  const isAlone = Number(valueOf(settings, 'log_min_duration_statement')) < 0;
  return [
    ...when(isAlone && valueOf(settings, 'auto_explain.log_format') !== 'json', {
      because: 'plans are not written as JSON',
      endsAll: true,
      set: { 'auto_explain.log_format': 'json' },
    }),
    ...when(isAlone && least > 0, {
      because: `those under ${least} ms are left out`,
      set: { 'auto_explain.log_min_duration': '0' },
    }),
    ...when(Number(valueOf(settings, 'auto_explain.sample_rate')) < 1, {
      because: 'only samples are explained',
      set: { 'auto_explain.sample_rate': '1' },
    }),
    ...when(valueOf(settings, 'auto_explain.log_nested_statements') === 'on', {
      because: 'what runs within functions counts beside their calls',
      set: { 'auto_explain.log_nested_statements': 'off' },
    }),
    ...when(!isWhole(settings, 'auto_explain.log_parameter_max_length'), {
      because: 'parameters of plans are cut off',
      set: { 'auto_explain.log_parameter_max_length': '-1' },
    }),
  ];
}

function when(holds: boolean, trouble: Trouble): readonly Trouble[] {
  return holds ? [trouble] : [];
}

/** Empty where the server has no such setting. */
function valueOf(settings: LogSettings, name: string): string {
  return settings.get(name) ?? '';
}

/** With its duration, by itself or as a sample. */
function isLogged(settings: LogSettings): boolean {
  return ['log_min_duration_statement', 'log_min_duration_sample'].some(
    (name) => Number(valueOf(settings, name) || -1) >= 0,
  );
}

function isExplained(settings: LogSettings): boolean {
  return Number(valueOf(settings, 'auto_explain.log_min_duration') || -1) >= 0;
}

function isWhole(settings: LogSettings, name: string): boolean {
  return Number(valueOf(settings, name) || -1) === -1;
}
