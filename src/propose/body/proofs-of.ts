import { counted } from '../../base/counted.ts';
import type { Action } from '../../plan/action.ts';
import type { PlanStep } from '../../plan/plan.ts';

/** What is proved before a reader sees anything of these steps; each once. */
export function proofsOf(steps: readonly PlanStep[]): readonly string[] {
  return [...new Set(steps.flatMap(({ action }) => proofOf(action)))];
}

function proofOf(action: Action): readonly string[] {
  switch (action.kind) {
    case 'adopt-view':
    case 'adopt-table':
      return [
        'its answers before and after the takeover are compared on one snapshot, with grants and comments',
      ];
    case 'create-mart':
      return ['the view returns the columns and types it says'];
    case 'fill-version':
    case 'build-version':
      return [
        'on the snapshot of the build: keys are unique and joins lose nothing where it rests on that',
        'row counts and a checksum of every column equal those of the definition',
        ...replayed(action),
      ];
    case 'refresh-version':
      return [
        'keys are unique and joins lose nothing where it rests on that',
        ...(action.proveWhole
          ? ['row counts and a checksum of every column equal those of the definition']
          : []),
      ];
    case 'repoint-view':
      return action.to.kind === 'version'
        ? ['who reads the view may read every source column; its columns and types stay']
        : ['the view answers as its definition does'];
    case 'mark-attributes':
      return ['hidden attributes stay answerable; what is kept is compared with the definition'];
    case 'follow-source':
      if (action.without !== undefined) {
        return [
          'the other columns are compared with the rows readers have; where those moved meanwhile it rests on a person’s word',
        ];
      }
      return [FOLLOWING[action.proof]];
    case 'hold-version':
    case 'drop-version':
    case 'release-mart':
      return [];
  }
}

function replayed(action: Extract<Action, { kind: 'fill-version' | 'build-version' }>) {
  if (action.kind === 'fill-version' || action.replay.length === 0) {
    return [];
  }
  const gain =
    action.minimumGain > 0
      ? `, and the median is at least ${Math.round(action.minimumGain * 100)} % faster`
      : '';
  return [
    `${counted(action.replay.length, 'kind of real statement', 'kinds of real statements')}, run on both sides and compared as multisets${gain}`,
  ];
}

const FOLLOWING: Readonly<Record<Extract<Action, { kind: 'follow-source' }>['proof'], string>> = {
  'same-answers': 'the new definition gives the rows the version holds, on the same source',
  'statement-seen':
    'the statement that renamed its source stands in the history; the next version is proved against the new definition',
  approved: "equal answers could not be shown: it rests on a person's word",
};
