/** One step of the schema. Once it has run anywhere its text never changes: the next change is the next file. */
export interface Migration {
  /** Number and words, as the file is called. */
  readonly name: string;
  readonly sql: string;
}
