import type { DialectName } from '../../sql/dialect.ts';
import type { Tree } from '../tree.ts';
import { isPresent, listOf, textOf, treeOf } from '../tree.ts';

const SPELLINGS: Readonly<Record<string, string>> = {
  tiny_int: 'tinyint',
  small_int: 'smallint',
  big_int: 'bigint',
  var_char: 'varchar',
  var_binary: 'varbinary',
  var_bit: 'varbit',
  text_with_length: 'text',
};

/** Where an array's type is its element's with brackets behind it. */
const BRACKETED: ReadonlySet<DialectName> = new Set(['duckdb', 'postgres', 'redshift']);

/** `INTERVAL x`: the library takes an alias for the interval's unit. */
export function isOddType(node: unknown): boolean {
  const { data_type: name, unit } = treeOf(node);
  return name === 'interval' && isPresent(unit);
}

/** A data type as canonical lower-case text, spelled as the other adapter spells it. */
export function typeText(node: unknown, dialect: DialectName): string {
  const type = treeOf(node);
  const name = textOf(type['data_type']);
  switch (name) {
    case 'custom':
      return textOf(type['name']).toLowerCase();
    case 'array': {
      const size = textOf(type['dimension']);
      const element = typeText(type['element_type'], dialect);
      return size === '' && !BRACKETED.has(dialect) ? `array<${element}>` : `${element}[${size}]`;
    }
    case 'float':
      return type['real_spelling'] === true ? 'real' : sized(name, sizesOf(type));
    case 'list':
      return `${typeText(type['element_type'], dialect)}[]`;
    case 'map':
      return `map<${typeText(type['key_type'], dialect)},${typeText(type['value_type'], dialect)}>`;
    case 'struct': {
      const fields = listOf(type['fields']).map((field) => {
        const { name: label, data_type: inner } = treeOf(field);
        return isPresent(label)
          ? `${textOf(label)} ${typeText(inner, dialect)}`
          : typeText(inner, dialect);
      });
      return `struct<${fields.join(',')}>`;
    }
    case 'time':
    case 'timestamp': {
      const zone = type['timezone'] === true ? ' with time zone' : '';
      return `${sized(name, [type['precision']])}${zone}`;
    }
    default:
      return sized(SPELLINGS[name] ?? name.replaceAll('_', ' '), sizesOf(type));
  }
}

function sizesOf(type: Tree): readonly unknown[] {
  return [type['length'] ?? type['precision'], type['scale']];
}

function sized(name: string, sizes: readonly unknown[]): string {
  const known = sizes.filter(isPresent).map(textOf);
  return known.length === 0 ? name : `${name}(${known.join(',')})`;
}
