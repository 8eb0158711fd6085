import { dayOf } from '../base/clock.ts';
import { readableRelation as readable } from '../base/relation.ts';
import type { SchemaEvent } from '../drift/schema-event.ts';
import type { DbtReach } from '../lineage/dbt/dbt-reach.ts';
import type { Notice } from './notice.ts';

/** A change upstream, whom it reaches, and what to do about it. */
export function schemaNotice(event: SchemaEvent, days: number): Notice {
  const { says, severity, readers, readerCount, views, marts, written, relation, dbt } = event;
  const people = readers
    .slice(0, 5)
    .map(({ reader, lastUse }) => `${reader.name} (${reader.kind}, last ${dayOf(lastUse)})`);
  const parts = [
    readerCount === 0
      ? `nobody read it in ${days} days`
      : `${readerCount} ${readerCount === 1 ? 'reader' : 'readers'} in ${days} days: ${listed(people, readerCount)}`,
    ...(views.length === 0
      ? []
      : [`views: ${listed(views.slice(0, 5).map(readable), views.length)}`]),
    ...(marts.length === 0 ? [] : [`marts of ours: ${marts.map(readable).join(', ')}`]),
    ...(written.length === 0
      ? []
      : [`written from it: ${listed(written.slice(0, 5).map(readable), written.length)}`]),
    ...(dbt === undefined ? [] : dbtParts(dbt)),
  ];
  return {
    title: `Schema change: ${says}`,
    because: `${severity === 'breaking' ? 'statements that ran before may fail' : 'definitions that use it may fail'}; ${parts.join('; ')}`,
    next: `\`goldsmith lineage ${readable(relation)} --direction down\` shows all it reaches; \`goldsmith drift\` lists what changed`,
    planDigest: '',
  };
}

function dbtParts({ models, below, exposures }: DbtReach): readonly string[] {
  const named = models
    .slice(0, 5)
    .map(({ name, owner }) => (owner === undefined ? name : `${name} (owned by ${owner})`));
  const further = below === 0 ? '' : `, with ${below} more below`;
  const shown = exposures
    .slice(0, 5)
    .map(({ name, type, owner }) => `${name} (${type}, owned by ${owner})`);
  return [
    ...(models.length === 0 ? [] : [`dbt models: ${listed(named, models.length)}${further}`]),
    ...(exposures.length === 0 ? [] : [`exposed as: ${listed(shown, exposures.length)}`]),
  ];
}

function listed(shown: readonly string[], count: number): string {
  const more = count - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
