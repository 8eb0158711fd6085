import { counted } from '../../base/counted.ts';
import { relationParts } from '../../base/relation.ts';
import type { JoinPicture } from '../replay-report.ts';
import { escape } from './escape.ts';
import { fixed } from './plot.ts';

const WIDTH = 1060;
const HEIGHT = 520;
const ROUNDS = 400;
/** Repulsion falls off steeply, so that parts that share no join still stand close. */
const PUSH = 0.06;
const PULL = 0.35;
const CENTRE = 0.35;

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
      : `<line x1="${fixed(a.x)}" y1="${fixed(a.y)}" x2="${fixed(b.x)}" y2="${fixed(b.y)}" stroke="var(--gold)" stroke-opacity="0.55" stroke-width="${fixed(1 + (7 * runs) / mostJoins)}"><title>${escape(`${left} and ${right} on ${on}: ${counted(runs, 'run')}`)}</title></line>`;
  });
  const circles = relations.map(({ id, runs }) => {
    const place = places.get(id) ?? { x: 0, y: 0 };
    const radius = 6 + 18 * Math.sqrt(runs / mostRuns);
    return `<g><title>${escape(`${id}: ${counted(runs, 'run')}`)}</title><circle cx="${fixed(place.x)}" cy="${fixed(place.y)}" r="${fixed(radius)}" fill="var(--blue)" stroke="var(--paper)" stroke-width="2"/><text class="ink" x="${fixed(place.x)}" y="${fixed(place.y + radius + 14)}" text-anchor="middle">${escape(relationParts(id).name)}</text></g>`;
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
    const pull = new Map(
      all.map((place) => [place, { x: -CENTRE * place.x, y: -CENTRE * place.y }]),
    );
    for (const a of all) {
      for (const b of all) {
        const { x, y, far } = between(a, b);
        addTo(pull.get(a), { x: (PUSH * x) / far ** 4, y: (PUSH * y) / far ** 4 });
      }
    }
    for (const { left, right } of joins) {
      const a = places.get(left);
      const b = places.get(right);
      if (a !== undefined && b !== undefined) {
        const { x, y } = between(a, b);
        addTo(pull.get(a), { x: -PULL * x, y: -PULL * y });
        addTo(pull.get(b), { x: PULL * x, y: PULL * y });
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
  return { x, y, far: Math.max(0.2, Math.hypot(x, y)) };
}

function addTo(sum: Place | undefined, { x, y }: Place): void {
  if (sum !== undefined) {
    sum.x += x;
    sum.y += y;
  }
}

/** As large as fits, a little wider than it was laid out, in the middle. */
function onPaper(places: ReadonlyMap<string, Place>): ReadonlyMap<string, Place> {
  const across = [...places.values()].map(({ x }) => x);
  const down = [...places.values()].map(({ y }) => y);
  const middle = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  const span = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
  const unit = Math.min(
    (WIDTH - 200) / (WIDER * Math.max(span(across), LEAST_SPAN)),
    (HEIGHT - 110) / Math.max(span(down), LEAST_SPAN),
  );
  const [x0, y0] = [middle(across), middle(down)];
  return new Map(
    [...places].map(([id, { x, y }]) => [
      id,
      { x: WIDTH / 2 + WIDER * unit * (x - x0), y: HEIGHT / 2 - 10 + unit * (y - y0) },
    ]),
  );
}

const WIDER = 1.7;
const LEAST_SPAN = 0.8;
