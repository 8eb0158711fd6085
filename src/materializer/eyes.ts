import { type RelationId, relationParts } from '../base/relation.ts';
import type { Session } from '../connectors/connector.ts';
import type { MartDefinition } from '../marts/mart.ts';
import { askedOfReaders, isLent } from './lent.ts';
import { isUnwilling } from './shape-refused.ts';
import { mayRead, readersOf, type Standings, standingsOf } from './standings.ts';
import { StepRefused } from './step-refused.ts';

/** Who reads a mart whose view reads with its readers' rights, and who of them would see more than they may. */
export interface Eyes {
  readonly readers: ReadonlySet<string>;
  /** Each with what they may not read, and what to do, in words. */
  readonly wider: ReadonlyMap<string, string>;
}

export interface Looked {
  readonly definition: Pick<MartDefinition, 'relation' | 'sources' | 'origin'>;
  /** What the view reads as its author wrote it, where it was taken over. */
  readonly text: string;
}

/** One statement, where every reader may read every source. */
export async function lookAtEyes(session: Session, looked: Looked): Promise<Eyes> {
  const { relation, sources } = looked.definition;
  return await eyesBy(await standingsOf(session, [relation, ...sources]), { session, looked });
}

/**
 * A view of ours in a schema that is authorized to read the sources would show them to whoever may read that schema, from the moment it is there.
 *
 * @throws StepRefused `WIDER_EYES`
 */
export async function requireNothingLent(
  session: Session,
  definition: MartDefinition,
): Promise<void> {
  const { relation, sources, sql } = definition;
  const { wider } = await lookAtEyes(session, { definition, text: sql });
  const [first] = wider.values();
  for (const source of first === undefined ? [] : sources) {
    const borrowers = (await session.lentTo?.(source, { purpose: 'publish' })) ?? [];
    if (borrowers.some((one) => isLent(one, { to: relation, isWhole: false }))) {
      throw new StepRefused('WIDER_EYES', first ?? '');
    }
  }
}

/**
 * Whoever may read all of the schema in which a version will lie reads it there, whatever its view says; nobody can take that from them on
 * the version alone.
 *
 * @throws StepRefused `WIDER_EYES`
 */
export async function requireNoWiderPlace(
  session: Session,
  {
    relation: mart,
    sources,
    table,
  }: Pick<MartDefinition, 'relation' | 'sources'> & { readonly table: RelationId },
): Promise<void> {
  const standings = await standingsOf(session, [table, ...sources]);
  for (const { grantee, isOwn } of standings.get(table) ?? []) {
    const hidden = sources.find((one) => !mayRead(standings, grantee, one));
    if (!isOwn && hidden !== undefined) {
      const place = relationParts(table).schema ?? '';
      throw new StepRefused(
        'WIDER_EYES',
        `${grantee} may read all of ${place}, where versions of ${mart} lie, but not ${hidden}, which it is made of; revoke the one or grant the other`,
      );
    }
  }
}

/** By what was asked already of the mart and its sources. */
export async function eyesBy(
  standings: Standings,
  { session, looked }: { readonly session: Session; readonly looked: Looked },
): Promise<Eyes> {
  const { relation: mart, sources, origin } = looked.definition;
  const readers = readersOf(standings, mart);
  const lacks = (reader: string) => sources.find((one) => !mayRead(standings, reader, one));
  const lacking = [...readers].filter((reader) => lacks(reader) !== undefined);
  const wider = new Map<string, string>();
  if (lacking.length > 0 && origin !== 'adopted') {
    for (const reader of lacking) {
      const said = `${reader} may read ${mart} but not ${lacks(reader) ?? ''}, which it is made of`;
      wider.set(reader, `${said}; revoke the one or grant the other`);
    }
  }
  if (lacking.length > 0 && origin === 'adopted') {
    const asked = { view: mart, text: looked.text, sources };
    for (const [reader, said] of await widerOfTaken(session, { asked, lacking, lacks })) {
      wider.set(reader, said);
    }
  }
  return { readers, wider };
}

/** Of a view that was taken over. Where nobody tells us what it is let read, it is taken to be let read nothing. */
async function widerOfTaken(
  session: Session,
  {
    asked: of,
    lacking,
    lacks,
  }: {
    readonly asked: Parameters<typeof askedOfReaders>[1];
    readonly lacking: readonly string[];
    readonly lacks: (reader: string) => RelationId | undefined;
  },
): Promise<readonly (readonly [string, string])[]> {
  try {
    const asked = await askedOfReaders(session, of);
    const theirs = await standingsOf(session, asked);
    return lacking.flatMap((reader) => {
      const hidden = asked.find((one) => !mayRead(theirs, reader, one));
      return hidden === undefined ? [] : [[reader, saidOf(reader, { mart: of.view, hidden })]];
    });
  } catch (error) {
    if (!isUnwilling(error)) {
      throw error;
    }
    return lacking.map((reader) => [
      reader,
      `${reader} may name ${of.view} but not read ${lacks(reader) ?? ''}, and it is not told whether a view is authorized to read it for them (${error.message})`,
    ]);
  }
}

function saidOf(
  reader: string,
  { mart, hidden }: { readonly mart: RelationId; readonly hidden: RelationId },
): string {
  const [ours = '', theirs = ''] = [mart, hidden].map((one) => relationParts(one).schema);
  return `${reader} may name ${mart} but not read ${hidden}, so it answers them nothing today and would answer them once it is stored; grant them ${hidden}, take ${mart} from them, or authorize all of ${ours} on ${theirs} (${mart} alone would not do: that ends when the view is replaced)`;
}
