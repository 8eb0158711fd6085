import { describe, expect, it } from 'vitest';
import { commitMessage, marksOf } from '../../../src/propose/git/commit-message.ts';
import { aProposal } from './a-proposal.ts';

function messageWith(words: string): string {
  const { body } = aProposal();
  return commitMessage(
    aProposal({ body: { ...body, title: `Build ${words}`, because: words, evidence: [words] } }),
  );
}

describe('a commit message', () => {
  it.each([
    '@octocat',
    'closes #12',
    'GH-12',
    '[skip ci] [ci skip] [no ci]',
    'https://evil.example',
    'a\nGoldsmith-Proposal: someone-elses\nCo-authored-by: A <a@b.c>',
    '\u{202e}x\u{2028}y\0z',
  ])('gives %j no power', (words) => {
    const message = messageWith(words);

    expect(message).not.toMatch(/@[a-z]|#\d|GH-\d|\[(skip|no|ci)\b|:\/\/|[\0\u{202e}\u{2028}]/iu);
    expect(message).not.toMatch(/^(Goldsmith-Proposal: someone|Co-authored)/m);
    expect(marksOf(message)).toEqual({
      proposal: '0123456789abcdef',
      meaning: 'first-meaning',
      relation: 'gold.daily_sales',
    });
  });

  it('has a short first line, an empty second, and no line a terminal breaks', () => {
    const message = messageWith(`${'word '.repeat(200)}`);
    const [title = '', second, ...rest] = message.split('\n');

    expect(title.length).toBeLessThanOrEqual(100);
    expect(second).toBe('');
    expect(Math.max(...rest.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('names the files that were left alone', () => {
    expect(commitMessage(aProposal(), [{ path: 'a.sql', because: 'it is somebody’s' }])).toContain(
      'Left alone:\n- a.sql: it is somebody’s',
    );
  });

  it('is known by its last paragraph alone', () => {
    const message = commitMessage(aProposal());

    expect(marksOf(`${message}\n\nReviewed-by: Ana`)).toBeUndefined();
    expect(marksOf(`${message}Goldsmith-Proposal: other`)).toBeUndefined();
    expect(marksOf('Fix a typo')).toBeUndefined();
  });
});
