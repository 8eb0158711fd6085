import { dirname, resolve } from 'node:path';
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { type Config, configSchema } from './config.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { explainIssue } from './explain-issue.ts';

export interface ConfigText {
  /** As named to people. */
  readonly file: string;
  readonly text: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Text to config: YAML, `${ENV}` and `${ENV:-default}` in values, then the schemas. Throws a `ConfigError` with every problem. */
export function parseConfig({ file, text, env }: ConfigText): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
  });
  const lineOf = (offset: number | undefined) =>
    offset === undefined ? 0 : lines.linePos(offset).line;

  const problems: ConfigProblem[] = document.errors.map((error) => ({
    path: '',
    line: lineOf(error.pos[0]),
    message: `not valid YAML: ${error.message}`,
  }));
  if (problems.length > 0) {
    throw new ConfigError(file, problems);
  }
  if (document.contents !== null && !isMap(document.contents)) {
    throw new ConfigError(file, [
      { path: '', line: 1, message: 'write settings as `name: value` lines' },
    ]);
  }

  problems.push(...expandEnv(document, { env, lineOf }));
  const parsed = configSchema.safeParse(withoutEmptySections(document.toJS()), {
    reportInput: true,
  });
  if (!parsed.success) {
    problems.push(...parsed.error.issues.flatMap((issue) => locate(issue, { document, lineOf })));
  }
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(
      file,
      problems.toSorted((a, b) => a.line - b.line),
    );
  }
  return withFilesBeside(file, parsed.data);
}

/** Files of definitions are named as seen from the config file, wherever the daemon was started. */
function withFilesBeside(file: string, config: Config): Config {
  const adoptable = config.marts.adoptable.map((one) =>
    one.definitionFile === undefined
      ? one
      : { ...one, definitionFile: resolve(dirname(file), one.definitionFile) },
  );
  return { ...config, marts: { ...config.marts, adoptable } };
}

interface Locating {
  readonly document: Document;
  readonly lineOf: (offset: number | undefined) => number;
}

function locate(issue: z.core.$ZodIssue, { document, lineOf }: Locating): readonly ConfigProblem[] {
  return explainIssue(issue, configSchema).map(({ path, message }) => ({
    path: path.map(String).join('.'),
    line: lineOf(nearestOffset(document, path)),
    message,
  }));
}

/** Where the setting stands, or the nearest enclosing section that is in the file. */
function nearestOffset(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const inside = document.getIn(path.slice(0, length - 1), true);
    const pair = isMap(inside)
      ? inside.items.find(({ key }) => isScalar(key) && key.value === path[length - 1])
      : undefined;
    const offset =
      (pair?.key as Node | undefined)?.range?.[0] ??
      (document.getIn(path.slice(0, length), true) as Node | undefined)?.range?.[0];
    if (offset !== undefined) {
      return offset;
    }
  }
  return undefined;
}

function expandEnv(
  document: Document,
  { env, lineOf }: { readonly env: ConfigText['env']; readonly lineOf: Locating['lineOf'] },
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') {
        return;
      }
      const expanded = node.value.replaceAll(
        /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
        (_whole, name: string, standard: string | undefined) => {
          const value = env[name] ?? standard;
          if (value === undefined) {
            problems.push({
              path: '',
              line: lineOf(node.range?.[0]),
              message: `the environment variable ${name} is not set: set it, or write \${${name}:-default}`,
            });
          }
          return value ?? '';
        },
      );
      if (expanded !== node.value) {
        node.value = asScalar(expanded);
      }
    },
  });
  return problems;
}

/** An expanded value is typed as if it had been written in the file: `8080` is a number. */
function asScalar(text: string): string | number | boolean {
  if (/^-?\d+(\.\d+)?$/.test(text)) {
    return Number(text);
  }
  return text === 'true' ? true : text === 'false' ? false : text;
}

/** A section of which every setting is commented out means its defaults. */
function withoutEmptySections(value: unknown): unknown {
  return Object.fromEntries(
    Object.entries((value ?? {}) as Record<string, unknown>).filter(
      ([, section]) => section !== null,
    ),
  );
}
