import { errorCatalogue, type ErrorCode } from './error-catalogue';

/** The three sentences of every error: what happened (exact names), why, what to do next. */
export interface ErrorText {
  /** What happened, with exact names: `there is no component "order"`. */
  readonly what: string;
  /** Why it happened or why it is refused. */
  readonly why?: string;
  /** What to do next; the catalogue's remedy when left out. A command is written complete. */
  readonly next?: string;
  /** Where: `catalog/production.yaml:41`, a URL without credentials, a path. */
  readonly place?: string;
}

/** An error in the house wording. Crosses processes as `code` plus sentences; never carries a secret. */
export class LastgoodError extends Error {
  readonly code: ErrorCode;
  readonly text: ErrorText;

  constructor(code: ErrorCode, text: ErrorText, options?: { readonly cause?: unknown }) {
    super(formatError(code, text), options);
    this.name = 'LastgoodError';
    this.code = code;
    this.text = text;
  }

  /** True when trying the same thing again may succeed without anybody changing anything. */
  get isRetryable(): boolean {
    return errorCatalogue[this.code].retryable;
  }

  /** Process exit code of a command that ends with this error (see interfaces: exit codes). */
  get exitCode(): number {
    return errorCatalogue[this.code].exit;
  }
}

/** The error as people read it: code and place, then what, why and what to do next on lines of their own. */
export function formatError(code: ErrorCode, text: ErrorText): string {
  const head = [code, text.place].filter((part) => part !== undefined).join('  ');
  const next = text.next ?? errorCatalogue[code].remedy;
  return [`${head}  ${text.what}`, text.why, next].filter((line) => line !== undefined).join('\n  ');
}

/** Any thrown value as a LastgoodError; what is not ours becomes INTERNAL and is retryable. */
export function asLastgoodError(thrown: unknown, code: ErrorCode = 'INTERNAL'): LastgoodError {
  if (thrown instanceof LastgoodError) return thrown;
  const what = thrown instanceof Error ? thrown.message : String(thrown);
  return new LastgoodError(code, { what }, { cause: thrown });
}
