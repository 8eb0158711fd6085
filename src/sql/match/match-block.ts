import { answerBlock } from './answer-block.ts';
import type { Attempt, BlockHit, BlockMiss, BlockRequest } from './block-request.ts';
import type { Satellite } from './cluster.ts';
import type { Embedding } from './embed.ts';
import { embeddings, isWhole } from './embed.ts';
import { Miss } from './miss.ts';
import type { PreparedBlock } from './prepared.ts';
import { variantsOf } from './variants.ts';

/** Answers one block from one mart, or says what is missing. */
export function matchBlock(request: BlockRequest): BlockHit | BlockMiss {
  const { mart, query } = request;
  if (mart.unfit !== undefined) {
    return { kind: 'miss', reason: mart.unfit, steps: 0 };
  }
  if (mart.prepared === undefined) {
    return {
      kind: 'miss',
      reason: {
        code: 'ONLY_WHOLE',
        text: 'the mart is reused only where the query is its definition',
      },
      steps: 0,
    };
  }
  let nearest: BlockMiss = {
    kind: 'miss',
    reason: {
      code: 'SOURCES_DIFFER',
      text: 'the mart reads sources, or joins them in ways, that the query does not',
    },
    steps: 0,
  };
  let best: BlockHit | undefined;
  const facts = mart.view.facts;
  for (const [martBlock, queryBlock] of variantsOf(mart.prepared, {
    query,
    facts,
    types: request.types,
  })) {
    let isNarrower = false;
    for (const embedding of embeddings(martBlock.cluster, {
      query: queryBlock.cluster,
      isFarFetched: request.isFarFetched,
    })) {
      // A query in a condition that the mart does not answer stays one.
      if (embedding.missingSatellites.some((satellite) => isTurned(satellite, query))) {
        continue;
      }
      // Rows the mart left out do not come back by mapping less of it.
      if (isNarrower && !isWhole(embedding)) {
        break;
      }
      const attempt = tryEmbedding(embedding, { ...request, query: queryBlock, martBlock });
      if (attempt.kind === 'hit') {
        if (costOf(attempt) < FAR) {
          return attempt;
        }
        best = best === undefined || costOf(attempt) < costOf(best) ? attempt : best;
        continue;
      }
      nearest = attempt.steps > nearest.steps ? attempt : nearest;
      isNarrower ||= isWhole(embedding) && attempt.steps === PREDICATE_STEP;
    }
  }
  return best ?? nearest;
}

/** An answer that removes copies or reads base tables too is taken only where there is no plainer one. */
const FAR = 2;

/** How far an answer is from the mart's rows as they are; for choosing among answers. */
export function costOf({ effort, readsBase }: BlockHit): number {
  return effort + (readsBase ? 10 : 0);
}

function isTurned(satellite: Satellite, { cluster }: PreparedBlock): boolean {
  return satellite.join !== 'left' && !cluster.satellites.includes(satellite);
}

/** The step at which the mart's own conditions are found not to follow from the query's. */
const PREDICATE_STEP = 4;

function tryEmbedding(embedding: Embedding, attempt: Attempt): BlockHit | BlockMiss {
  try {
    return answerBlock(embedding, attempt);
  } catch (error) {
    if (error instanceof Miss) {
      return { kind: 'miss', reason: error.reason, steps: error.steps, lacking: error.lacking };
    }
    throw error;
  }
}
