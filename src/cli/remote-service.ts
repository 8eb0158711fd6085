import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { GoldsmithService, ProposalAnswer, Said } from '../http/service.ts';

export interface RemoteParts {
  readonly baseUrl: string;
  readonly token: string | undefined;
}

/** The service of a daemon that runs already, over its local API. */
export function remoteService(parts: RemoteParts): GoldsmithService {
  const get = <Answer>(path: string) => ask<Answer>(parts, { method: 'GET', path });
  const post = <Answer>(path: string, body: unknown = {}) =>
    ask<Answer>(parts, { method: 'POST', path, body });
  const say = (id: string, word: string, { by, ...said }: Said): Promise<ProposalAnswer> =>
    post(`/v1/proposals/${encodeURIComponent(id)}/${word}`, { ...said, by: nameOf(by) });
  return {
    status: () => get('/v1/status'),
    once: () => post('/v1/once'),
    plan: () => post('/v1/plan'),
    apply: (digest, said) =>
      post('/v1/apply', { digest, ...(said === undefined ? {} : { by: nameOf(said.by) }) }),
    explain: (relation) =>
      get(
        `/v1/explain${relation === undefined ? '' : `?relation=${encodeURIComponent(relation)}`}`,
      ),
    graph: (format) => get(`/v1/graph?format=${format}`),
    route: (request) => post('/v1/route', request),
    receipts: () => get('/v1/receipts'),
    rollback: (relation) => post('/v1/rollback', { relation }),
    attributes: (relation) => get(`/v1/attributes?relation=${encodeURIComponent(relation)}`),
    lineage: (what, direction) =>
      get(`/v1/lineage?of=${encodeURIComponent(what)}&direction=${direction}`),
    words: (word) =>
      get(`/v1/words${word === undefined ? '' : `?word=${encodeURIComponent(word)}`}`),
    chooseWord: (choice) => post('/v1/words/choose', { ...choice, by: nameOf(choice.by) }),
    drift: () => get('/v1/drift'),
    proposals: () => get('/v1/proposals'),
    proposal: (id) => get(`/v1/proposals/${encodeURIComponent(id)}`),
    approve: (id, said) => say(id, 'approve', said),
    decline: (id, said) => say(id, 'decline', said),
    snooze: (id, said) => say(id, 'snooze', said),
    undo: (id, said) => say(id, 'undo', said),
    reconsider: (relation, { by }) => post('/v1/reconsider', { relation, by: nameOf(by) }),
    restore: (relation, attribute) => post('/v1/restore', { relation, attribute }),
    doctor: (asked) =>
      get(`/v1/doctor${asked?.dryRunStatements === true ? '?dryRunStatements=true' : ''}`),
  };
}

/** The daemon knows by itself that whoever asks here sits at the command line. */
function nameOf(by: string): string {
  return by
    .replace(/^cli:/, '')
    .replaceAll(/[^\w.@-]/g, '_')
    .slice(0, 64);
}

/** Nobody listening is told at once; one that listens may be deep in a cycle and answers a little later. */
const PATIENCE_MS = 20_000;

/** Whether the daemon of this warehouse answers there; anything else on the port, another Goldsmith too, is not it. */
export async function isDaemonAt(baseUrl: string, identity: string): Promise<boolean> {
  try {
    const response = await fetch(`${baseUrl}/healthz`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer: unknown = await response.json();
    return (
      response.ok &&
      typeof answer === 'object' &&
      answer !== null &&
      'goldsmith' in answer &&
      answer.goldsmith === identity
    );
  } catch (error) {
    if (
      error instanceof TypeError ||
      error instanceof SyntaxError ||
      error instanceof DOMException
    ) {
      return false;
    }
    throw error;
  }
}

async function ask<Answer>(
  { baseUrl, token }: RemoteParts,
  request: { readonly method: string; readonly path: string; readonly body?: unknown },
): Promise<Answer> {
  const response = await fetch(`${baseUrl}${request.path}`, {
    method: request.method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
  const answer = (await response.json()) as { readonly code?: string; readonly detail?: string };
  if (!response.ok) {
    throw new GoldsmithError(
      answer.code ?? 'DAEMON_REFUSED',
      `the daemon at ${baseUrl} refused: ${answer.detail ?? `status ${response.status}`}`,
    );
  }
  return answer as Answer;
}
