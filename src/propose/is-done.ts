import { digestOf } from '../base/digest.ts';
import type { Mart } from '../marts/mart.ts';
import type { Proposal } from './proposal.ts';

/**
 * Whether all a proposal asks for is so already, whoever did it: seen from the marts themselves, so that a kill between the doing
 * and the noting forgets nothing. False where that cannot be seen there.
 */
export function isDone(
  { relation, parts = [] }: Pick<Proposal, 'relation' | 'parts'>,
  marts: readonly Mart[],
): boolean {
  const mart = marts.find(({ definition }) => definition.relation === relation);
  return parts.length > 0 && parts.every((part) => isPartDone(part, mart));
}

function isPartDone(part: string, mart: Mart | undefined): boolean {
  const [, verb = '', of = ''] = PART.exec(part) ?? [];
  switch (verb) {
    case 'publish':
    case 'take over':
    case 'follow':
      return mart !== undefined && holds(mart, of);
    case 'store':
      return mart !== undefined && holds(mart, of) && mart.stage === 'physical';
    case 'answer from the definition':
      return mart === undefined || mart.stage === 'logical';
    case 'give up':
      return mart === undefined;
    case 'hidden':
      return isAttribute(mart, { name: of, at: ['hidden', 'tombstoned'] });
    case 'tombstoned':
      return isAttribute(mart, { name: of, at: ['tombstoned'] });
    default:
      return false;
  }
}

const PART =
  /^(publish|take over|follow|store|answer from the definition|give up|hidden|tombstoned)(?: (.*))?$/s;

function holds({ definition, definitionDigest }: Mart, digest: string): boolean {
  return definitionDigest === digest || digestOf(definition) === digest;
}

function isAttribute(
  mart: Mart | undefined,
  { name, at }: { readonly name: string; readonly at: readonly string[] },
): boolean {
  return (
    mart?.pruned?.some((attribute) => attribute.name === name && at.includes(attribute.stage)) ===
    true
  );
}
