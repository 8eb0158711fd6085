import type { UnreachableDemand } from '../decide/decisions.ts';

/** `12 %`, `0.4 %`: a share for people. */
export function percent(share: number): string {
  const points = share * 100;
  const isSmall = points !== 0 && Math.abs(points) < 10;
  return `${isSmall ? points.toFixed(1) : Math.round(points)} %`;
}

/** A text on one line, cut to so many characters. */
export function oneLine(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** Clients a person could name as asking `route`, most of the saving first. */
export function clientsWithoutRoad(unreachable: readonly UnreachableDemand[]): readonly string[] {
  const clients = unreachable.flatMap((each) => each.clients);
  return [...new Set(clients)].filter((client) => /^[\w.-]+$/.test(client)).slice(0, 5);
}
