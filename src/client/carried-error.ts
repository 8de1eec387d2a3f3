import { errorCatalogue, type ErrorCode } from '../domain/error-catalogue';
import { LastgoodError } from '../domain/errors';

/**
 * An error of ours that crossed Temporal as text, with its code and its sentences again: the inverse of `formatError`.
 * Text that begins with no code of the catalogue becomes INTERNAL.
 */
export function carriedError(message: string): LastgoodError {
  const [first = '', ...lines] = message.split('\n  ');
  const [code = '', ...head] = first.split('  ');
  if (!isErrorCode(code) || head.length === 0) return new LastgoodError('INTERNAL', { what: message });
  const place = head.length > 1 ? head.shift() : undefined;
  const next = lines.pop();
  const why = lines.length === 0 ? undefined : lines.join('\n  ');
  return new LastgoodError(code, {
    what: head.join('  '),
    ...(place === undefined ? {} : { place }),
    ...(why === undefined ? {} : { why }),
    ...(next === undefined ? {} : { next }),
  });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}
