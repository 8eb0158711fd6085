import { describe, expect, it } from 'vitest';
import { addToYaml } from '../../../src/propose/files/add-to-yaml.ts';

const SCHEMA = `version: 2

models:
    # the facts
    - name: orders     # one row an order
      columns:
          - {name: id, tests: [unique]}
          - name: amount

    - name: daily
      columns: []
`;
const ADDED = { name: 'tax' };

describe('adding to a YAML file', () => {
  it.each([
    ['as it stands', (text: string) => text],
    ['with CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['without a newline at its end', (text: string) => text.trimEnd()],
  ])('writes new lines alone, %s', (_what, change) => {
    const text = change(SCHEMA.replace(/ {4}- name: daily\n.*\n/, ''));
    const added = addToYaml(text, [{ at: ['models', 0, 'columns'], value: ADDED }]);

    expect(added.kind === 'text' ? added.text.trimEnd() : added).toBe(
      change(
        SCHEMA.replace('- name: amount\n\n', '- name: amount\n          - name: tax\n').replace(
          / {4}- name: daily\n.*\n/,
          '',
        ),
      ).trimEnd(),
    );
  });

  it('makes a list where there is none, if it may', () => {
    expect(addToYaml('version: 2\n', [{ at: ['models'], value: ADDED, mayMake: true }])).toEqual({
      kind: 'text',
      text: 'version: 2\nmodels:\n  - name: tax\n',
    });
    expect(addToYaml('version: 2\n', [{ at: ['models'], value: ADDED }])).toEqual({
      kind: 'refused',
      because: 'models is no list in it',
    });
  });

  it.each([
    ['models: [{name: a}]\n', ['models']],
    ['models:\n- &a {name: a}\n- *a\n', ['models']],
  ])('adds in any notation, or says why not: %j', (text, at) => {
    const added = addToYaml(text, [{ at, value: ADDED }]);

    expect(added.kind === 'text' ? added.text : added.because).toMatch(
      /name: tax|would change other lines/,
    );
  });

  it.each([
    '- a\n- b\n',
    'a: b: c\n',
    '{% if x %}\nmodels: []\n{% endif %}\n',
    'models: []\n---\na: 1\n',
  ])('refuses what is no file of descriptions: %j', (text) => {
    expect(addToYaml(text, [{ at: ['models'], value: ADDED }])).toMatchObject({ kind: 'refused' });
  });
});
