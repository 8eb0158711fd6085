import { readableRelation } from '../base/relation.ts';
import type { Action } from './action.ts';

/** What a step may break, and how it is undone: for people who approve plans. */
export interface Risk {
  /** `none`: nothing a reader sees changes. `low`: answers stay, their source changes. `high`: something is destroyed or changes hands. */
  readonly level: 'none' | 'low' | 'high';
  readonly because: string;
  readonly undo: string;
}

export function riskOf(action: Action): Risk {
  switch (action.kind) {
    case 'create-mart':
      return {
        level: 'none',
        because: 'a new view nobody reads yet',
        undo: `goldsmith rollback ${action.mart}`,
      };
    case 'adopt-view':
      return {
        level: 'high',
        because: 'a view somebody else wrote changes hands; its answers do not change',
        undo: `goldsmith rollback ${action.mart} gives it its own definition back, word for word`,
      };
    case 'adopt-table':
      return {
        level: 'high',
        because:
          'a table somebody else built changes hands and is refreshed by Goldsmith from now on; its answers do not change, and whoever still writes to it fails',
        undo: `take ${action.mart} off marts.adoptable: once its versions are gone it is a table of that name again`,
      };
    case 'build-version':
      return {
        level: 'none',
        because: 'a hidden table; it is dropped again unless it is proved equal',
        undo: 'nothing to undo: readers do not see it',
      };
    case 'refresh-version':
      return {
        level: 'low',
        because:
          'readers are answered from newer rows of the same definition; what does not hold is taken back, or rolled back where the warehouse can',
        undo: `goldsmith rollback ${action.mart}`,
      };
    case 'fill-version':
      return {
        level: 'none',
        because:
          'rows of a hidden table nobody reads; it is compared with its definition when it is full',
        undo: 'nothing to undo: left alone, it is dropped after the grace period',
      };
    case 'mark-attributes':
      return {
        level: action.changes.some(({ to }) => to === 'tombstoned') ? 'high' : 'none',
        because:
          'a note in the ledger; hidden attributes stay answerable, and naming a tombstoned one is an error that says how to get it back',
        undo: `goldsmith restore ${action.mart} <attribute>`,
      };
    case 'repoint-view':
      return action.to.kind === 'logical'
        ? {
            level: 'low',
            because: 'readers compute their answers from base again, slower',
            undo: 'the next cycle builds it again if it pays',
          }
        : {
            level: 'low',
            because: 'readers are answered from a table that was proved equal',
            undo: `goldsmith rollback ${action.mart}`,
          };
    case 'hold-version':
      return {
        level: 'low',
        because:
          'readers keep the answers they have, which get older; the alternative is an error with every statement',
        undo: `goldsmith rollback ${action.mart}, once its definition can be computed again`,
      };
    case 'follow-source':
      if (action.without !== undefined) {
        return {
          level: 'high',
          because: `statements that name ${action.without.join(', ')} fail: what it was made of is gone, and nothing takes its place`,
          undo: 'put the source back and replace the view',
        };
      }
      return {
        level: action.proof === 'approved' ? 'high' : 'low',
        because: FOLLOWING[action.proof],
        undo: `its former definition stays in the ledger: goldsmith drift`,
      };
    case 'drop-version':
      return {
        level: 'high',
        because: 'the data of a version nobody reads is destroyed',
        undo: 'build it again; nothing but the cost of a build is lost',
      };
    case 'release-mart':
      if (action.asItStands === true) {
        return {
          level: 'high',
          because:
            'readers keep the rows they have, which get no younger: Goldsmith neither refreshes nor watches them any more, and whoever owns the name may replace or drop it',
          undo: `put its source back and take the view over again, after \`goldsmith reconsider ${readableRelation(action.mart)}\``,
        };
      }
      return {
        level: 'high',
        because: 'the view is given up; statements that name one of ours will fail',
        undo: 'the next cycle publishes it again if it is asked for',
      };
  }
}

const FOLLOWING: Readonly<Record<Extract<Action, { kind: 'follow-source' }>['proof'], string>> = {
  'same-answers':
    'its definition is rewritten after its sources; columns and answers are compared and stay',
  'statement-seen':
    'its definition is rewritten after its sources, as the statement says that renamed them; columns stay, and answers are those of the sources',
  approved:
    'its definition is rewritten after its sources, and nothing but the names says that it means the same; a person has to know',
};
