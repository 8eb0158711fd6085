import { jinjaPieces } from '../../lineage/dbt/jinja-pieces.ts';
import { isConfig } from '../../lineage/dbt/jinja-words.ts';

export type StoredText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refused'; readonly because: string };

/**
 * A model's file with `materialized='table'` in its own configuration, which goes before that of folders and YAML files; nothing else in it changes.
 */
export function storeAsTable(source: string): StoredText {
  const pieces = jinjaPieces(source);
  const configs = (pieces ?? []).filter(
    ({ kind, code }) => kind === 'expression' && isConfig(code) && code.startsWith('config('),
  );
  const [config, another] = configs;
  const said = [...source.matchAll(/\bconfig\s*[.(]/g)].length;
  if (pieces === undefined || another !== undefined || said !== configs.length) {
    return { kind: 'refused', because: 'Jinja decides how it is configured' };
  }
  if (config === undefined) {
    return {
      kind: 'text',
      text: `{{ config(materialized=${quoted(source)}) }}${lineEnd(source).repeat(2)}${source}`,
    };
  }
  const { start, end } = config;
  const before = source.slice(start, end);
  const after = withTable(before, quoted(source));
  return after === undefined
    ? { kind: 'refused', because: 'an expression decides how it is materialized' }
    : { kind: 'text', text: source.slice(0, start) + after + source.slice(end) };
}

function withTable(config: string, table: string): string | undefined {
  if (/\bmaterialized\b/.test(config)) {
    const changed = config.replace(/\b(materialized\s*=\s*)(['"])view\2(?=\s*[,)])/, '$1$2table$2');
    return changed === config ? undefined : changed;
  }
  return /config\(\s*[{)*]/.test(config)
    ? undefined
    : config.replace(
        /config\((\s*)/,
        `config($1materialized=${table},${/\n/.test(config) ? '$1' : ' '}`,
      );
}

function quoted(source: string): string {
  const count = (mark: string) => source.split(`(${mark}`).length + source.split(`=${mark}`).length;
  return count('"') > count("'") ? '"table"' : "'table'";
}

function lineEnd(source: string): string {
  return source.includes('\r\n') ? '\r\n' : '\n';
}
