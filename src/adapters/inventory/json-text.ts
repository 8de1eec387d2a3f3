/**
 * JSON that PostgreSQL can look into: its text has neither NUL nor half a surrogate pair, and one in a comment would make
 * every query over the column fail. What is content-addressed is stored as it is instead, and never looked into.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? storableText(part) : part));
}

/** Text that PostgreSQL can store: what it can not becomes the replacement character. */
export function storableText(text: string): string {
  return text.replaceAll(unstorable, '\uFFFD');
}

/** With the flag u a whole pair is one character and no surrogate. */
const unstorable = /\0|\p{Surrogate}/gu;
