/** Another engine, run beside ours on the same cases; or why it is not. */
export type Peer =
  | {
      readonly kind: 'open';
      /** The program that answers, for who wants to start it otherwise. */
      readonly program: string;
      /** One answer a line, in order; fails where the program does. */
      readonly ask: <Answer>(mode: string, lines: readonly unknown[]) => Promise<readonly Answer[]>;
    }
  | { readonly kind: 'skipped'; readonly because: string };

/** What a peer that parses says of a text. */
export interface Accepted {
  readonly ok: boolean;
  readonly because?: string;
}
