import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/base/clock.ts';
import { relationId } from '../../src/base/relation.ts';
import type { Incident } from '../../src/drift/incidents/incident.ts';
import { incidentBegan, incidentEnded } from '../../src/notify/incident-notice.ts';
import { messageOf } from '../../src/notify/slack-message.ts';

const began = Date.parse('2026-08-06T03:00Z');
const incident: Incident = {
  relation: relationId({ schema: 'gold', name: 'daily_sales' }),
  kind: 'source-emptied',
  subject: 'silver.orders',
  because: 'silver.orders has no rows and had 300',
  beganAt: began,
  diagnosis: ['silver.orders was last written by etl (pipeline) on 2026-08-05'],
};

/** The labels of a message and what stands behind each. */
function linesOf(notice: ReturnType<typeof incidentEnded>): readonly string[] {
  const { blocks } = messageOf({ at: began, notice }, { from: 'lake', now: began });
  const section = blocks[1] as { readonly text: { readonly text: string } };
  return section.text.text.split('\n');
}

describe('an incident in Slack', () => {
  it('says what is wrong, how readers are answered and what can be done; nothing of money, and nothing to undo', () => {
    expect(linesOf(incidentBegan(incident, ['readers keep version 3']))).toEqual([
      '*Why* silver.orders has no rows and had 300; silver.orders was last written by etl (pipeline) on 2026-08-05; readers keep version 3',
      '*What you can do* `goldsmith drift` shows it as long as it lasts; it ends by itself when its source heals',
    ]);
  });

  it('ends with what it was, and asks for nothing', () => {
    const ended = { ...incident, endedAt: began + 5 * HOUR_MS, ending: 'all is well again' };

    expect(incidentEnded(ended).title).toBe('Incident on gold.daily_sales is over after 5h');
    expect(linesOf(incidentEnded(ended))).toEqual([
      '*Why* all is well again; it was: silver.orders has no rows and had 300',
    ]);
  });
});
