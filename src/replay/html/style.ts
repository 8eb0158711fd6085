/** The page's own style: no font, script or image from anywhere else. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #667085; --line: #e4e7ec; --paper: #ffffff; --back: #f6f7f9;
  --gold: #b7791f; --gold-soft: #f3e2bf; --good: #1a7f5a; --bad: #b3412c; --blue: #3460a8; --bar: #c9d3e4; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #2c3442; --paper: #171c26; --back: #0f131a;
    --gold: #e0a84b; --gold-soft: #4a3a1c; --good: #4cc38a; --bad: #e5745e; --blue: #7aa5ee; --bar: #3a4660; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.02em; }
h2 { font-size: 19px; margin: 0 0 4px; letter-spacing: -0.01em; }
p { margin: 6px 0; } .soft { color: var(--soft); } .small { font-size: 13px; }
.notice { border-left: 4px solid var(--gold); background: var(--gold-soft); padding: 10px 16px; border-radius: 0 8px 8px 0; margin: 18px 0 24px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 14px; margin-bottom: 22px; }
.tile, section { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; }
.tile { padding: 14px 18px; } .tile b { display: block; font-size: 25px; letter-spacing: -0.02em; }
.tile span { color: var(--soft); font-size: 13px; }
section { padding: 20px 24px 22px; margin-bottom: 18px; overflow-x: auto; }
svg { display: block; width: 100%; height: auto; margin-top: 10px; }
svg text { fill: var(--soft); font: 11.5px system-ui, sans-serif; } svg text.ink { fill: var(--ink); paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
table { border-collapse: collapse; width: 100%; margin-top: 10px; font-size: 13.5px; }
th { text-align: left; color: var(--soft); font-weight: 500; } th, td { padding: 7px 10px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:first-child { min-width: 230px; } tr:last-child td { border-bottom: 0; } td.n, th.n { text-align: right; white-space: nowrap; }
code, pre { font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; } code { overflow-wrap: anywhere; }
pre { background: var(--back); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; overflow-x: auto; margin: 8px 0 0; }
details summary { cursor: pointer; color: var(--blue); font-size: 13px; }
.chip { display: inline-block; border-radius: 99px; padding: 1px 9px; font-size: 12px; border: 1px solid var(--line); white-space: nowrap; }
.chip.build { background: var(--gold-soft); border-color: var(--gold); } .chip.demote, .chip.release { color: var(--bad); border-color: var(--bad); }
.chip.prune { color: var(--blue); border-color: var(--blue); } .flip { color: var(--good); }
.meter { background: var(--bar); border-radius: 99px; height: 8px; overflow: hidden; min-width: 90px; } .meter i { display: block; height: 100%; background: var(--good); }
.meter.cost i { background: var(--gold); } .two { display: grid; grid-template-columns: 1fr 1fr; gap: 28px; }
.key { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin: 0 6px 0 14px; vertical-align: -1px; }
ul { margin: 8px 0 0; padding-left: 20px; } li { margin: 3px 0; }
@media (max-width: 760px) { .two { grid-template-columns: 1fr; } main { padding: 24px 12px; } }
`;
