import type { Command } from 'commander';
import type { CommandParts } from './command-parts.ts';
import { addApply } from './commands/apply.ts';
import { addAttributes } from './commands/attributes.ts';
import { addCheckConfig } from './commands/check-config.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDrift } from './commands/drift.ts';
import { addExplain } from './commands/explain.ts';
import { addGraph } from './commands/graph.ts';
import { addLineage } from './commands/lineage.ts';
import { addMatch } from './commands/match.ts';
import { addOnce } from './commands/once.ts';
import { addPlan } from './commands/plan.ts';
import { addProposals } from './commands/proposals.ts';
import { addReceipts } from './commands/receipts.ts';
import { addReplay } from './commands/replay.ts';
import { addRestore } from './commands/restore.ts';
import { addRollback } from './commands/rollback.ts';
import { addRoute } from './commands/route.ts';
import { addRun } from './commands/run.ts';
import { addShape } from './commands/shape.ts';
import { addWords } from './commands/words.ts';

/** Every verb, in the order the help shows them. */
export const COMMANDS: readonly ((program: Command, parts: CommandParts) => void)[] = [
  addRun,
  addOnce,
  addPlan,
  addApply,
  addProposals,
  addExplain,
  addGraph,
  addRoute,
  addReceipts,
  addRollback,
  addAttributes,
  addLineage,
  addDrift,
  addWords,
  addRestore,
  addDoctor,
  addCheckConfig,
  addReplay,
  addShape,
  addMatch,
];
