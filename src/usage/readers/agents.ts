import type { Recogniser } from '../recogniser.ts';
import { tagOf } from '../recogniser.ts';

const AGENT_WORDS =
  /(^|[^a-z])(agent|mcp|copilot|llm|gpt|claude|langchain|llamaindex|assistant|text2sql|genie|vanna)([^a-z]|$)/;

/** Software that writes its own SQL: told by a tag `agent`, by the application in a comment, or by user and client names. */
export const agents: Recogniser = {
  id: 'agents',

  recognise(asker) {
    const tagged = tagOf(asker, 'agent', 'agent_name', 'ai_agent');
    if (tagged !== undefined) {
      return { kind: 'agent', name: tagged, tool: asker.tags.tool ?? 'agent' };
    }
    const application = tagOf(asker, 'application', 'app') ?? '';
    const telling = [application, asker.client, asker.user].find((text) =>
      AGENT_WORDS.test(text.toLowerCase()),
    );
    if (telling === undefined) {
      return undefined;
    }
    return { kind: 'agent', name: telling, tool: asker.tags.tool ?? 'agent' };
  },
};
