import { z } from 'zod';
import type { Manifest, ManifestNode, ManifestOwner } from './manifest-schema.ts';

/** Whom a project says a model belongs to: the owner of its group, else the one its `meta` names. */
export function ownerOf(
  { group, config }: ManifestNode,
  { groups }: Pick<Manifest, 'groups'>,
): string | undefined {
  const name = textOf(group) ?? textOf(config['group']);
  const found = Object.values(groups).find((each) => each.name === name);
  const byGroup = found === undefined ? name : (personOf(found.owner) ?? found.name);
  return byGroup ?? ownerInMeta(config);
}

/** `meta: {owner: ...}`, as many projects write it. */
function ownerInMeta(config: ManifestNode['config']): string | undefined {
  const meta = z
    .object({ owner: z.union([z.string(), z.looseObject({})]) })
    .safeParse(config['meta']);
  const owner = meta.success ? meta.data.owner : undefined;
  return typeof owner === 'object'
    ? (textOf(owner['name']) ?? textOf(owner['email']))
    : textOf(owner);
}

/** By the name, else by the address. */
export function personOf(owner: ManifestOwner | null | undefined): string | undefined {
  const email = Array.isArray(owner?.email) ? owner.email.join(', ') : owner?.email;
  return textOf(owner?.name) ?? textOf(email);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
