/** What a person said a word means: marts that hold it call it so. */
export interface ChosenWord {
  /** As the person's readers spell it. */
  readonly name: string;
  /** Digests of the normal forms that are its definition. */
  readonly keys: readonly string[];
}
