import type { Clock } from '../base/clock.ts';
import { canonicalJson } from '../base/digest.ts';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Metrics } from '../metrics/registry.ts';
import type { Outbox } from '../notify/outbox.ts';
import type { Notifier } from '../notify/slack.ts';
import { notifierOf } from './engine.ts';
import type { Logger } from './logger.ts';

/** Sections whose change takes effect at once; the others are read when the daemon starts. */
export const LIVE_SECTIONS = [
  'mode',
  'caps',
  'decide',
  'prune',
  'propose',
  'notify',
  'log',
] as const;

/** What became of a changed config; settings are told by name, never by value. */
export type ReloadReport =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'taken';
      /** In force now. */
      readonly changed: readonly string[];
      /** Changed in the file, in force after a restart. */
      readonly atNextStart: readonly string[];
    }
  /** The former settings stay in force; one sentence says why. */
  | { readonly kind: 'refused'; readonly because: string };

export interface LiveSettings {
  /** The settings in force. */
  readonly config: () => Config;
  readonly notifier: () => Notifier | undefined;
  /** Why the file's settings are not in force; nothing while they are. */
  readonly refusal: () => string | undefined;
  /** Settings that were changed and wait for a restart. */
  readonly waiting: () => readonly string[];
  /** Reads the config again. A bad one changes nothing; it never throws for one. */
  reload(read: () => Config): ReloadReport;
}

export interface LiveSettingsParts {
  readonly config: Config;
  readonly notifier: Notifier | undefined;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'add' | 'set'>;
}

/** Settings that may change while the daemon runs: the kill switch, freeze windows, quiet hours, caps, and what decides. */
export function liveSettings({
  config: first,
  notifier: firstNotifier,
  clock,
  outbox,
  log,
  metrics,
}: LiveSettingsParts): LiveSettings {
  let inForce = first;
  let notifier = firstNotifier;
  let refusal: string | undefined;
  let waiting: readonly string[] = [];
  metrics.set('goldsmith_config_in_force', 1);

  function refuse(because: string): ReloadReport {
    if (because !== refusal) {
      metrics.add('goldsmith_config_reloads_total', { outcome: 'refused' });
      log.error({ because }, 'config not taken');
    }
    refusal = because;
    metrics.set('goldsmith_config_in_force', 0);
    return { kind: 'refused', because };
  }

  return {
    config: () => inForce,
    notifier: () => notifier,
    refusal: () => refusal,
    waiting: () => waiting,
    reload(read) {
      let next: Config;
      try {
        next = read();
      } catch (error) {
        if (!(error instanceof GoldsmithError)) {
          throw error;
        }
        return refuse(sentenceOf(error));
      }
      refusal = undefined;
      metrics.set('goldsmith_config_in_force', 1);
      const wasWaiting = canonicalJson(waiting);
      const merged = merge(inForce, next, first.mode === 'observe');
      const changed = changesOf(inForce, merged);
      waiting = changesOf(merged, next);
      if (changed.length === 0 && canonicalJson(waiting) === wasWaiting) {
        return { kind: 'unchanged' };
      }
      if (changed.some((name) => name.startsWith('notify'))) {
        // A changed webhook is tried at once.
        outbox.write({ ...outbox.read(), failures: 0, notBefore: 0 });
        notifier = notifierOf(merged, { clock, outbox });
      }
      inForce = merged;
      metrics.add('goldsmith_config_reloads_total', { outcome: 'taken' });
      log.info({ changed, atNextStart: waiting }, 'config taken');
      return { kind: 'taken', changed, atNextStart: waiting };
    },
  };
}

/** The live sections of the new settings over the old ones. A connection that was opened for looking only stays in mode observe. */
function merge(old: Config, next: Config, cannotWrite: boolean): Config {
  const live = Object.fromEntries(LIVE_SECTIONS.map((section) => [section, next[section]]));
  return { ...old, ...live, mode: cannotWrite ? old.mode : next.mode };
}

/** Names of the settings that differ: `caps.buildsPerDay`, `mode`. */
function changesOf(old: Config, next: Config): readonly string[] {
  const names = Object.keys(next) as (keyof Config)[];
  return names.flatMap((section) => {
    const before: unknown = old[section];
    const after: unknown = next[section];
    if (canonicalJson(before) === canonicalJson(after)) {
      return [];
    }
    if (!isSection(before) || !isSection(after)) {
      return [section];
    }
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
    return keys
      .filter((key) => canonicalJson(before[key]) !== canonicalJson(after[key]))
      .map((key) => `${section}.${key}`);
  });
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function sentenceOf(error: GoldsmithError): string {
  const [line = error.message] = error.message.split('\n');
  const others = error instanceof ConfigError ? error.problems.length - 1 : 0;
  const more =
    others === 0 ? '' : ` (and ${others} more: \`goldsmith check-config\` names every problem)`;
  return `${line}${more}; the former settings stay in force`;
}
