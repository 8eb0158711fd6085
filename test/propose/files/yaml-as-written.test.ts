import { describe, expect, it } from 'vitest';
import { openYaml } from '../../../src/propose/files/yaml-as-written.ts';

function opened(text: string) {
  const yaml = openYaml(text);
  if ('because' in yaml) {
    throw new Error(yaml.because);
  }
  return yaml;
}

const UGLY = `version:   2


models:
      - name:  orders      # the facts
        columns:
              - {name: id,   tests: [unique]}
              - name: amount
                description: >
                  Money, in cents,
                  never negative.
                tests:
                  - not_null

      # of the shops
      - name: shops
        description: "who\\tsells"
`;

describe('yaml as written', () => {
  it('gives back every byte of what nobody changed', () => {
    for (const text of [UGLY, UGLY.replaceAll('\n', '\r\n'), 'a: 1', '- x\n-   y\n', '']) {
      expect(opened(text).write()).toBe(text);
    }
  });

  it('changes the line of a change alone, in whatever manner the rest is written', () => {
    const yaml = opened(UGLY);
    yaml.document.setIn(['models', 1, 'name'], 'stores');

    expect(yaml.write()).toBe(UGLY.replace('- name: shops', '- name: stores'));
  });

  it('takes an item out with its own lines', () => {
    const yaml = opened(UGLY);
    yaml.document.deleteIn(['models', 0, 'columns', 0]);

    expect(yaml.write()).toBe(UGLY.replace(/ +- \{name: id.*\n/, ''));
  });

  it('puts what is new where its neighbours stand', () => {
    const yaml = opened(UGLY);
    yaml.document.addIn(['models', 0, 'columns'], { name: 'day', tests: ['unique'] });

    expect(yaml.write()).toBe(
      UGLY.replace(
        '- not_null\n',
        `- not_null\n${' '.repeat(14)}- name: day\n${' '.repeat(16)}tests:\n${' '.repeat(18)}- unique\n`,
      ),
    );
  });
});
