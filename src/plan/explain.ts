import type { EpochMs } from '../base/clock.ts';
import { formatUsd } from '../base/usd.ts';
import type { CandidateVerdict, ChoiceMade, Decisions } from '../decide/decisions.ts';
import type { Action } from './action.ts';
import type { Plan, PlanStep } from './plan.ts';
import { riskOf } from './risk.ts';

/** A plan in words, for people who approve it: what, why, money, risk and how to undo each step. */
export function explainPlan(plan: Plan): string {
  const head = [
    `Plan ${plan.digest}`,
    `made ${when(plan.madeAt)}, to be applied before ${when(plan.expiresAt)}`,
    '',
  ];
  if (plan.steps.length === 0) {
    return [...head, 'Nothing to do.', ''].join('\n');
  }
  const steps = plan.steps.flatMap((step, i) => explainStep(step, i + 1));
  return [...head, ...steps].join('\n');
}

/** Every candidate and mart with its verdict, the numbers behind it, and what would turn it. */
export function explainVerdicts(
  decisions: Pick<Decisions, 'verdicts' | 'unreachable' | 'choice'>,
): string {
  const verdicts = decisions.verdicts
    .toSorted((a, b) => order(a) - order(b) || (a.relation < b.relation ? -1 : 1))
    .flatMap(explainVerdict);
  const unreachable = decisions.unreachable.flatMap((demand) => [
    `  ${demand.relation}  ${demand.runs} runs, ${demand.wouldSavePerDay} a day (${demand.fingerprint})`,
    `    to open a road: ${demand.whatWouldOpenARoad}`,
  ]);
  return [
    ...(verdicts.length === 0
      ? ['No candidates: no statement with a known cost repeats.']
      : verdicts),
    ...(decisions.choice === undefined ? [] : ['', explainChoice(decisions.choice)]),
    ...(unreachable.length === 0 ? [] : ['', 'Demand without a road:', ...unreachable]),
    '',
  ].join('\n');
}

/** The choice among the builds that pay, with the bound on what another choice could have brought. */
function explainChoice({ chosen, offered, netPerDay, atMostPerDay, gap }: ChoiceMade): string {
  const near =
    gap === 0
      ? 'no other choice nets more'
      : `no other choice nets more than ${atMostPerDay}, so it is within ${(100 * gap).toFixed(2)} % of the best`;
  return `Choice: ${chosen} of ${offered} builds that pay, netting ${netPerDay} a day with their builds spread over the payback days; ${near}.`;
}

function explainStep(
  { action, because, evidence, predicted }: PlanStep,
  number: number,
): readonly string[] {
  const risk = riskOf(action);
  const rows: readonly (readonly [string, string])[] = [
    ['why', because],
    ...(Object.keys(evidence).length === 0 ? [] : [['numbers', listed(evidence)] as const]),
    ...(predicted === undefined
      ? []
      : [
          [
            'money',
            `nets ${formatUsd(predicted.netPerDay)} a day, costs ${formatUsd(predicted.cost)} to ${action.kind === 'build-version' ? 'build' : 'do'}`,
          ] as const,
        ]),
    ['risk', `${risk.level}: ${risk.because}`],
    ['undo', risk.undo],
  ];
  return [
    `${number}. ${sentence(action)}`,
    ...rows.map(([name, text]) => `   ${name.padEnd(8)} ${text}`),
    '',
  ];
}

/** What a step does, in one line. */
export function sentence(action: Action): string {
  switch (action.kind) {
    case 'create-mart':
      return `publish ${action.mart} as a view`;
    case 'adopt-view':
      return `take over the view ${action.mart}`;
    case 'adopt-table':
      return `take over the table ${action.mart}: what it holds is kept as version ${action.version} in ${action.table}`;
    case 'build-version':
      return `${action.reason === 'refresh' ? 'refresh' : 'build'} ${action.mart}: version ${action.version}, hidden, in ${action.table}${action.native === undefined ? '' : `, as a ${action.native.kind}`}`;
    case 'refresh-version':
      return `have the warehouse refresh version ${action.version} of ${action.mart} in its place, in ${action.table}${action.proveWhole ? ', and compare all of it' : ''}`;
    case 'fill-version':
      return `fill version ${action.version} of ${action.mart} in steps by ${action.by.column}, hidden, in ${action.table}: about ${action.rowsPerStep} rows of ${action.by.source} a step`;
    case 'mark-attributes':
      return `note of ${action.mart}: ${action.changes.map(({ name, from, to }) => `${name} ${from} -> ${to}`).join(', ')}`;
    case 'repoint-view':
      return action.to.kind === 'logical'
        ? `point ${action.mart} back at its logical definition`
        : `point ${action.mart} at version ${action.to.version} until ${when(action.to.freshUntil)}`;
    case 'hold-version':
      return `keep ${action.mart} at version ${action.version}, whatever its age: ${action.because}`;
    case 'follow-source':
      return `rewrite the definition of ${action.mart}: ${action.change}`;
    case 'drop-version':
      return `drop version ${action.version} of ${action.mart}`;
    case 'release-mart':
      return `give ${action.mart} up${action.asItStands === true ? ' as it stands' : ''}`;
  }
}

function explainVerdict(verdict: CandidateVerdict): readonly string[] {
  const { numbers, flip, rule } = verdict;
  const rows: readonly (readonly [string, string])[] = [
    ['why', verdict.because + (rule === undefined ? '' : ` (${rule})`)],
    ...(flip === undefined
      ? []
      : [['flips at', `${flip.what}: ${flip.needed}, now ${flip.now}`] as const]),
    [
      'demand',
      `${numbers.runs} runs by ${numbers.readers} readers over ${numbers.roads.join(', ') || 'no road'}, ${numbers.unreachableRuns} without a road, ${numbers.templates} kinds of statement`,
    ],
    [
      'cost',
      `${numbers.basePerRunMs} ms a run on base, ${numbers.martPerRunMs} ms on the mart (${numbers.rows} rows)`,
    ],
    [
      'money',
      `saves ${numbers.savesPerDay}, upkeep ${numbers.upkeepPerDay} a day; build ${numbers.buildCost}; missed so far ${numbers.missedSavings}; ${numbers.basis}`,
    ],
    ...(numbers.expected === undefined ? [] : [['expects', numbers.expected] as const]),
    ...(numbers.beside === undefined ? [] : [['beside', numbers.beside] as const]),
    ...(numbers.refresh === undefined ? [] : [['refresh', numbers.refresh] as const]),
    ['pays at', `${numbers.runsPerDayToPay} runs a day, now ${numbers.runsPerDay}`],
  ];
  return [
    `${verdict.outcome.padEnd(8)} ${verdict.relation}  (${verdict.enumerator})`,
    ...rows.map(([name, text]) => `   ${name.padEnd(8)} ${text}`),
  ];
}

const OUTCOMES: readonly CandidateVerdict['outcome'][] = [
  'withdraw',
  'build',
  'refresh',
  'keep',
  'publish',
  'wait',
  'release',
  'refuse',
];

function order({ outcome }: CandidateVerdict): number {
  return OUTCOMES.indexOf(outcome);
}

function listed(evidence: Readonly<Record<string, string | number>>): string {
  return Object.entries(evidence)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function when(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
