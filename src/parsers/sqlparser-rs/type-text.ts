import { camelToWords, isPresent, isTree, listOf, textOf, treeOf, variantOf } from '../tree.ts';
import { readIdent } from './names.ts';

/** Types whose spelling is not their variant's name in words. */
const SPELLINGS: Readonly<Record<string, string>> = {
  BigInt: 'bigint',
  SmallInt: 'smallint',
  TinyInt: 'tinyint',
  MediumInt: 'mediumint',
  UBigInt: 'ubigint',
  USmallInt: 'usmallint',
  UTinyInt: 'utinyint',
  HugeInt: 'hugeint',
  UHugeInt: 'uhugeint',
  BigNumeric: 'bignumeric',
  BigDecimal: 'bigdecimal',
  TimestampNtz: 'timestamp_ntz',
  TinyText: 'tinytext',
  MediumText: 'mediumtext',
  LongText: 'longtext',
  TinyBlob: 'tinyblob',
  MediumBlob: 'mediumblob',
  LongBlob: 'longblob',
  VarBit: 'varbit',
  TsVector: 'tsvector',
  TsQuery: 'tsquery',
  UInt8: 'uint8',
  UInt16: 'uint16',
  UInt32: 'uint32',
  UInt64: 'uint64',
  UInt128: 'uint128',
  UInt256: 'uint256',
};

/** A data type as canonical lower-case text: `decimal(10,2)`, `timestamp with time zone`, `array<int64>`. */
export function typeText(node: unknown): string {
  const { tag, body } = variantOf(node);
  const parts = listOf(body);
  switch (tag) {
    case 'Custom': {
      const name = listOf(parts[0]).map((part) => readIdent(variantOf(part).body).name);
      return withArguments(name.join('.').toLowerCase(), listOf(parts[1]).map(textOf));
    }
    case 'Array':
      return arrayText(body);
    case 'Map':
      return parts[2] === 'AngleBrackets'
        ? `map<${typeText(parts[0])},${typeText(parts[1])}>`
        : `map(${typeText(parts[0])},${typeText(parts[1])})`;
    case 'Struct': {
      const fields = listOf(parts[0]).map(fieldText).join(',');
      return parts[1] === 'Parentheses' ? `struct(${fields})` : `struct<${fields}>`;
    }
    case 'Timestamp':
    case 'Time':
      return timeText(tag.toLowerCase(), parts);
    case 'Interval':
      return isPresent(treeOf(body)['fields'])
        ? `interval ${camelToWords(textOf(treeOf(body)['fields']))}`
        : 'interval';
    default:
      return withArguments(SPELLINGS[tag] ?? camelToWords(tag), sizes(body));
  }
}

function arrayText(body: unknown): string {
  const { tag, body: inner } = variantOf(body);
  switch (tag) {
    case 'AngleBracket':
      return `array<${typeText(inner)}>`;
    case 'Parenthesis':
      return `array(${typeText(inner)})`;
    case 'SquareBracket':
      return `${typeText(listOf(inner)[0])}[${textOf(listOf(inner)[1])}]`;
    default:
      return 'array';
  }
}

function fieldText(field: unknown): string {
  const { field_name: name, field_type: type } = treeOf(field);
  return isPresent(name) ? `${readIdent(name).name} ${typeText(type)}` : typeText(type);
}

function timeText(name: string, parts: readonly unknown[]): string {
  const sized = withArguments(name, isPresent(parts[0]) ? [textOf(parts[0])] : []);
  switch (parts[1]) {
    case 'WithTimeZone':
    case 'Tz':
      return `${sized} with time zone`;
    default:
      return sized;
  }
}

function sizes(body: unknown): readonly string[] {
  if (!isPresent(body)) {
    return [];
  }
  if (typeof body === 'number' || typeof body === 'string') {
    return body === 'Max' ? ['max'] : [textOf(body)];
  }
  if (Array.isArray(body)) {
    return body
      .filter(isPresent)
      .map((part) => (isTree(part) ? JSON.stringify(part) : textOf(part)));
  }
  const { tag, body: inner } = variantOf(body);
  switch (tag) {
    case 'PrecisionAndScale':
      return listOf(inner).map(textOf);
    case 'Precision':
      return [textOf(inner)];
    case 'IntegerLength': {
      const { length, unit } = treeOf(inner);
      return [isPresent(unit) ? `${textOf(length)} ${textOf(unit).toLowerCase()}` : textOf(length)];
    }
    default:
      return [JSON.stringify(body)];
  }
}

function withArguments(name: string, args: readonly string[]): string {
  return args.length === 0 ? name : `${name}(${args.join(',')})`;
}
