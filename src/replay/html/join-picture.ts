import { relationParts } from '../../base/relation.ts';
import type { JoinPicture } from '../replay-report.ts';
import { escape } from './escape.ts';
import { fixed } from './plot.ts';

const WIDTH = 1060;
const HEIGHT = 520;
const ROUNDS = 300;

interface Place {
  x: number;
  y: number;
}

/** The join graph: relations as circles, the wider the line the more statements join so. */
export function joinPicture({ relations, joins }: JoinPicture): string {
  const places = layOut({ relations, joins });
  const mostRuns = Math.max(1, ...relations.map(({ runs }) => runs));
  const mostJoins = Math.max(1, ...joins.map(({ runs }) => runs));
  const lines = joins.map(({ left, right, on, runs }) => {
    const a = places.get(left);
    const b = places.get(right);
    return a === undefined || b === undefined
      ? ''
      : `<line x1="${fixed(a.x)}" y1="${fixed(a.y)}" x2="${fixed(b.x)}" y2="${fixed(b.y)}" stroke="var(--gold)" stroke-opacity="0.55" stroke-width="${fixed(1 + (7 * runs) / mostJoins)}"><title>${escape(`${left} and ${right} on ${on}: ${runs} runs`)}</title></line>`;
  });
  const circles = relations.map(({ id, runs }) => {
    const place = places.get(id) ?? { x: 0, y: 0 };
    const radius = 6 + 18 * Math.sqrt(runs / mostRuns);
    return `<g><title>${escape(`${id}: ${runs} runs`)}</title><circle cx="${fixed(place.x)}" cy="${fixed(place.y)}" r="${fixed(radius)}" fill="var(--blue)" fill-opacity="0.85" stroke="var(--paper)" stroke-width="2"/><text class="ink" x="${fixed(place.x)}" y="${fixed(place.y + radius + 14)}" text-anchor="middle">${escape(relationParts(id).name)}</text></g>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="relations and the joins between them">${lines.join('')}${circles.join('')}</svg>`;
}

/** Springs along joins, repulsion between all, from a circle: the same graph gives the same picture. */
function layOut({
  relations,
  joins,
}: Pick<JoinPicture, 'relations' | 'joins'>): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>(
    relations.map(({ id }, at) => {
      const angle = (2 * Math.PI * at) / Math.max(1, relations.length);
      return [id, { x: Math.cos(angle), y: Math.sin(angle) }];
    }),
  );
  const all = [...places.values()];
  for (let round = 0; round < ROUNDS; round += 1) {
    const step = 0.05 * (1 - round / ROUNDS);
    const pull = new Map(all.map((place) => [place, { x: -0.12 * place.x, y: -0.12 * place.y }]));
    for (const a of all) {
      for (const b of all) {
        const { x, y, far } = between(a, b);
        addTo(pull.get(a), { x: (0.18 * x) / far ** 2, y: (0.18 * y) / far ** 2 });
      }
    }
    for (const { left, right } of joins) {
      const a = places.get(left);
      const b = places.get(right);
      if (a !== undefined && b !== undefined) {
        const { x, y } = between(a, b);
        addTo(pull.get(a), { x: -0.9 * x, y: -0.9 * y });
        addTo(pull.get(b), { x: 0.9 * x, y: 0.9 * y });
      }
    }
    for (const [place, { x, y }] of pull) {
      place.x += step * x;
      place.y += step * y;
    }
  }
  return onPaper(places);
}

function between(a: Place, b: Place): Place & { readonly far: number } {
  const x = a.x - b.x;
  const y = a.y - b.y;
  return { x, y, far: Math.max(0.08, Math.hypot(x, y)) };
}

function addTo(sum: Place | undefined, { x, y }: Place): void {
  if (sum !== undefined) {
    sum.x += x;
    sum.y += y;
  }
}

function onPaper(places: ReadonlyMap<string, Place>): ReadonlyMap<string, Place> {
  const all = [...places.values()];
  const scale = (values: readonly number[], from: number, to: number) => {
    const low = Math.min(...values);
    const span = Math.max(...values) - low;
    return (value: number) =>
      span < 1e-6 ? (from + to) / 2 : from + ((to - from) * (value - low)) / span;
  };
  const x = scale(
    all.map((place) => place.x),
    90,
    WIDTH - 90,
  );
  const y = scale(
    all.map((place) => place.y),
    40,
    HEIGHT - 60,
  );
  return new Map([...places].map(([id, place]) => [id, { x: x(place.x), y: y(place.y) }]));
}
