import { describe, expect, it } from 'vitest';
import {
  bodyMarkdown,
  inline,
  marksInBody,
  renewBody,
} from '../../../src/propose/github/body-markdown.ts';
import { aProposal } from '../git/a-proposal.ts';

/** What names in other people's SQL may hold. */
const HOSTILE = [
  '@octocat please review',
  'fixes #12 and GH-12',
  '[click](https://evil.example/x)',
  '![x](https://evil.example/x.png)',
  '<img src=x onerror=alert(1)>',
  '</details><script>alert(1)</script>',
  '<!-- goldsmith:end -->',
  '**bold** _it_ ~~gone~~ `code` | cell |',
  '# heading',
  '1. list',
  '- [ ] task',
  '$$x$$ and $`y`$',
  'line\nbreak\r\n\r\n> quote',
  'www.evil.example',
  '\u{202e}reversed',
  '&lt;b&gt;',
];

describe('the body of a pull request', () => {
  it.each(HOSTILE)('makes nothing of %j in a line of evidence', (text) => {
    const { body } = aProposal();
    const markdown = bodyMarkdown(aProposal({ body: { ...body, evidence: [text], sql: [] } }));
    const plain = bodyMarkdown(aProposal({ body: { ...body, evidence: ['x'], sql: [] } }));

    const line = markdown.split('\n').filter((each) => !plain.split('\n').includes(each));
    expect(line).toHaveLength(1);
    const [said = ''] = line;
    const outsideCode = said.replaceAll(/`[^`]*`/g, '');
    expect(outsideCode).not.toMatch(
      /<|>(?!$)|@[a-z]|(?<!\\)[[\]*_~|$]|#\d|:\/\/|www\.|GH-\d|\u{202e}/iu,
    );
    expect(said).toMatch(/^- /);
    expect(said.slice(2)).not.toMatch(/^(\s*[-+*#>]|\d+[.)])/);
  });

  it('keeps a statement whole in a fence that nothing in it closes', () => {
    const { body } = aProposal();
    const sql = 'select "```" as a, \'````\' as b\n</details>';

    const markdown = bodyMarkdown(aProposal({ body: { ...body, sql: [sql] } }));

    expect(markdown).toContain(`\`\`\`\`\`sql\n${sql}\n\`\`\`\`\`\n`);
  });

  it('stays within what GitHub takes, whatever came', () => {
    const { body } = aProposal();
    const much = Array.from({ length: 500 }, (_, i) => `reader ${i} ${'*'.repeat(300)}`);

    const markdown = bodyMarkdown(
      aProposal({
        body: { ...body, readers: much, evidence: much, risks: much, proofs: much, sql: much },
      }),
    );

    expect(markdown.length).toBeLessThan(65_536);
    expect(markdown).toMatch(/and \d+ more/);
    expect(marksInBody(markdown)).toEqual({
      proposal: '0123456789abcdef',
      meaning: 'first-meaning',
    });
  });

  it('is renewed between its marks and put at the end where a person took them out', () => {
    const ours = bodyMarkdown(aProposal());

    expect(renewBody(`before\n${ours}\nafter`, 'NEW')).toBe('before\nNEW\nafter');
    expect(renewBody('only mine', 'NEW')).toBe('only mine\n\nNEW');
    expect(renewBody('', 'NEW')).toBe('NEW');
  });
});

describe('a line', () => {
  it('shows a command in its backticks as it is', () => {
    expect(inline('`goldsmith rollback gold.daily_sales`: it is a view again')).toBe(
      '`goldsmith rollback gold.daily_sales`: it is a view again',
    );
  });

  it('with a backtick alone has no code in it', () => {
    expect(inline('a ` b')).toBe('a \\` b');
  });
});
