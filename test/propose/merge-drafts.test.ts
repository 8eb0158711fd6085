import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import { relationId } from '../../src/base/relation.ts';
import { usd } from '../../src/base/usd.ts';
import { type MergeParts, mergeDrafts } from '../../src/propose/merge-drafts.ts';
import type { PersonsNo } from '../../src/propose/persons-no.ts';
import type { Draft } from '../../src/propose/proposal.ts';
import { aDraft, aProposal, DAILY, MONDAY, SETTINGS } from './a-proposal.ts';
import { aDefinition } from './git/a-proposal.ts';

function merge(over: Partial<MergeParts>) {
  return mergeDrafts({
    book: [],
    drafts: [],
    noes: [],
    now: MONDAY,
    settings: SETTINGS,
    declinedFor: 90 * DAY_MS,
    isDone: () => false,
    whyGone: () => ({ kind: 'gone', because: 'it no longer pays' }),
    ...over,
  });
}

function draftOf(name: string, over: Partial<Draft> = {}): Draft {
  return aDraft({ relation: relationId({ schema: 'gold', name }), ...over });
}

function worth(dollars: number): Pick<Draft, 'body'> {
  const { body } = aDraft();
  return { body: { ...body, money: { ...body.money, netPerDay: usd(dollars) } } };
}

describe('the book after a cycle', () => {
  it('opens what is new, and asks nobody twice', () => {
    const first = merge({ drafts: [aDraft()] });

    expect(first).toMatchObject([{ state: 'open', moves: [{ to: 'drafted' }, { to: 'open' }] }]);
    expect(merge({ book: first, drafts: [aDraft()], now: MONDAY + DAY_MS })).toMatchObject([
      { id: first[0]?.id, state: 'open', moves: { length: 2 } },
    ]);
  });

  it('renews steps and evidence of the same meaning silently', () => {
    const [renewed] = merge({
      book: [aProposal()],
      drafts: [aDraft({ steps: [], evidenceRuns: 31 })],
    });

    expect(renewed).toMatchObject({ evidenceRuns: 31, steps: [], state: 'open' });
    expect(renewed?.moves).toHaveLength(1);
  });

  it('makes a yes void when what would be done is another thing', () => {
    const [reworded] = merge({
      book: [aProposal({}, 'approved')],
      drafts: [aDraft({ meaning: 'meaning two', parts: ['publish b', 'store b'] })],
    });

    expect(reworded).toMatchObject({
      state: 'open',
      meaning: 'meaning two',
      expiresAt: MONDAY + SETTINGS.openFor,
    });
    expect(reworded?.moves.at(-1)).toMatchObject({
      to: 'reworded',
      words: 'what it would do is no longer what was approved: the yes is void',
    });
  });

  it('keeps the yes when what is left to do is part of what was agreed to', () => {
    const [kept] = merge({
      book: [aProposal({}, 'approved')],
      drafts: [aDraft({ meaning: 'meaning two', parts: ['store a'] })],
    });

    expect(kept).toMatchObject({ state: 'approved', meaning: 'meaning one' });
  });

  it('overtakes what the plan no longer holds, with the reason, and not what only waits its turn', () => {
    const [gone] = merge({ book: [aProposal()] });
    const [waits] = merge({ book: [aProposal()], whyGone: () => ({ kind: 'waits' }) });

    expect(gone?.state).toBe('overtaken');
    expect(gone?.moves.at(-1)?.words).toBe('it no longer pays');
    expect(waits?.state).toBe('open');
  });

  it('notes as applied what is so already, whoever did it', () => {
    const [done] = merge({ book: [aProposal({}, 'approved')], isDone: () => true });

    expect(done?.state).toBe('applied');
  });

  it('expires what nobody answered, to the millisecond, and does not ask again for a month', () => {
    const open = aProposal({ expiresAt: MONDAY + DAY_MS });
    const drafts = [aDraft()];

    expect(merge({ book: [open], drafts, now: MONDAY + DAY_MS - 1 })[0]?.state).toBe('open');
    const expired = merge({ book: [open], drafts, now: MONDAY + DAY_MS });
    expect(expired.map(({ state }) => state)).toEqual(['expired']);
    const later = MONDAY + DAY_MS + SETTINGS.laterFor;
    expect(merge({ book: expired, drafts, now: later - 1 })).toHaveLength(1);
    expect(merge({ book: expired, drafts, now: later }).map(({ state }) => state)).toEqual([
      'expired',
      'open',
    ]);
  });

  it('expires an approval that could not be applied', () => {
    const [expired] = merge({
      book: [aProposal({ expiresAt: MONDAY }, 'approved')],
      drafts: [aDraft()],
    });

    expect(expired?.moves.at(-1)?.words).toBe(
      'it was approved and could not be applied in time: ask for it again',
    );
  });

  it('opens the most money first, and lets the rest wait unseen', () => {
    const drafts = [1, 5, 3].map((dollars) => draftOf(`m${dollars}`, worth(dollars)));
    const settings = { ...SETTINGS, mostOpen: 2 };

    const book = merge({ drafts, settings });

    expect(book.map(({ relation, state }) => `${relation} ${state}`)).toEqual([
      'gold.m1 drafted',
      'gold.m5 open',
      'gold.m3 open',
    ]);
    const [, , third] = book;
    const ended = book.map((one) => (one === third ? { ...one, state: 'declined' as const } : one));
    expect(merge({ book: ended, drafts: drafts.slice(0, 2), settings })[0]).toMatchObject({
      state: 'open',
    });
  });

  it('opens no more a day than people want to read', () => {
    const drafts = ['a', 'b', 'c'].map((name) => draftOf(name));
    const settings = { ...SETTINGS, mostPerDay: 2 };

    const book = merge({ drafts, settings });
    expect(book.map(({ state }) => state)).toEqual(['open', 'open', 'drafted']);
    expect(merge({ book, drafts, settings, now: MONDAY + DAY_MS / 2 })[2]?.state).toBe('drafted');
    expect(merge({ book, drafts, settings, now: MONDAY + DAY_MS })[2]?.state).toBe('open');
  });

  const no = (over: Partial<PersonsNo>): PersonsNo => ({
    kind: 'build',
    relation: DAILY,
    at: MONDAY,
    evidenceRuns: 20,
    ...over,
  });
  it.each([
    ['not worth it, for 90 days', no({ reason: 'not-worth-it' }), 89.9, 39, false],
    ['not worth it, after 90 days', no({ reason: 'not-worth-it' }), 90.1, 20, true],
    ['not worth it, with twice the evidence', no({ reason: 'not-worth-it' }), 1, 40, true],
    ['the wrong grain, whatever the evidence', no({ reason: 'wrong-grain' }), 1, 400, false],
    ['later, for a month', no({ reason: 'later' }), 29.9, 400, false],
    ['later, after a month', no({ reason: 'later' }), 30.1, 20, true],
    ['sensitive, for good', no({ reason: 'sensitive' }), 4000, 4000, false],
    ['sensitive, of another kind', no({ reason: 'sensitive', kind: 'prune' }), 1, 20, false],
    ["someone else's, for good", no({ reason: 'someone-elses' }), 4000, 4000, false],
    ['another kind', no({ reason: 'other', kind: 'prune' }), 1, 20, true],
  ])('remembers a no: %s', (_name, declined, days, evidenceRuns, isAsked) => {
    const book = merge({
      drafts: [aDraft({ evidenceRuns })],
      noes: [declined],
      now: MONDAY + days * DAY_MS,
    });

    expect(book).toHaveLength(isAsked ? 1 : 0);
  });
});

describe("a mart that belongs into somebody's files", () => {
  const edit = draftOf('x', { kind: 'edit', steps: [], meaning: 'an edit' });
  const build = draftOf('x', {
    steps: [
      {
        action: { kind: 'create-mart', mart: edit.relation, definition: aDefinition() },
        because: '',
        evidence: {},
      },
    ],
  });
  const asked = (over: Partial<MergeParts>) =>
    merge(over).flatMap(({ kind, state }) => (state === 'open' ? [kind] : []));

  it('is asked for there first, and by itself after a no', () => {
    const no: PersonsNo = { kind: 'edit', relation: edit.relation, at: MONDAY, reason: 'other' };

    expect(asked({ drafts: [edit, build] })).toEqual(['edit']);
    expect(asked({ drafts: [edit, build], noes: [no] })).toEqual(['build']);
    const late = { drafts: [edit, build], now: MONDAY + SETTINGS.openFor + DAY_MS };
    expect(asked({ ...late, book: merge({ drafts: [edit, build] }) })).toEqual(['build']);
  });

  it('is not asked for again once it was merged, while what was merged is not seen yet', () => {
    const book = merge({ drafts: [edit, build] }).map((one) => ({
      ...one,
      state: 'applied' as const,
    }));

    expect(asked({ book, drafts: [edit, build] })).toEqual([]);
    expect(asked({ book, drafts: [build] })).toEqual([]);
    expect(asked({ book, drafts: [{ ...edit, meaning: 'another' }, build] })).toEqual(['edit']);
  });

  it('keeps nobody from marts of other names, or from one that is published already', () => {
    expect(asked({ drafts: [edit, { ...build, relation: draftOf('y').relation }] })).toEqual([
      'edit',
      'build',
    ]);
    expect(asked({ drafts: [edit, { ...build, steps: [] }] })).toEqual(['edit', 'build']);
  });
});
