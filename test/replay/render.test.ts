import { beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/replay/html/page.ts';
import { reportJson } from '../../src/replay/render-json.ts';
import { renderText } from '../../src/replay/render-text.ts';
import type { ReplayReport } from '../../src/replay/replay-report.ts';
import { DDL, rowsOf, SHOP } from './a-history.ts';
import { replayed } from './a-replay.ts';

const HOSTILE = {
  text: 'select "<script>alert(1)</script>" from silver.sales where amount > 123456789',
  client: '<img src=x onerror=alert(2)>',
  users: ['"><b>'],
  runsOn: () => 2,
  cpuMs: 5000,
};

describe('a replay, told', () => {
  let report: ReplayReport;
  let html: string;

  beforeAll(async () => {
    report = await replayed(rowsOf([...SHOP, HOSTILE], 12), { ddl: DDL, routeClients: ['app'] });
    html = renderHtml(report);
  });

  it('is one page that needs nothing from elsewhere', () => {
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:/i);
    expect(html).toMatch(/^<!doctype html>/);
    expect(html.match(/<svg /g)?.length).toBe(4);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('shows texts of strangers as texts', () => {
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toContain('onerror=alert(2)>');
  });

  it('says that all money is predicted, in every form', () => {
    expect(html).toContain('All money on this page is predicted');
    expect(renderText(report)).toMatch(/^A REPLAY: nothing was built and nothing was measured/);
    expect(reportJson(report)).toMatchObject({ money: 'US dollars, predicted' });
  });

  it('carries no literal of the history', () => {
    for (const told of [html, renderText(report), JSON.stringify(reportJson(report))]) {
      expect(told).not.toContain('x@example.com');
      expect(told).not.toContain('123456789');
    }
  });

  it('tells each refusal with the number that would turn it', () => {
    expect(html).toMatch(/<span class="flip">\d+ needed<\/span>/);
    expect(renderText(report)).toMatch(/\[runs with a road: 0, needed \d+\] \(has-a-road\)/);
  });

  it('names the clients whose statements have no road', () => {
    expect(renderText(report)).toMatch(/--route-clients [^\n]*notebook/);
  });

  it('is drawn as well where nothing happened at all', async () => {
    const quiet = renderHtml(await replayed(rowsOf(SHOP.slice(4), 1)));

    expect(quiet).toContain('no candidate passed every rule');
    expect(quiet).not.toMatch(/NaN|undefined|Infinity/);
  });
});
