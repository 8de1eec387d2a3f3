import { errorCatalogue, type ErrorCode } from '../../src/domain/error-catalogue';
import { asLastgoodError, formatError, LastgoodError } from '../../src/domain/errors';

describe('an error', () => {
  test('says where, what, why and what to do next', () => {
    const error = new LastgoodError('CATALOG_UNKNOWN_COMPONENT', {
      place: 'catalog/production.yaml:41',
      what: 'rule pay21-needs-ord31 names "order"',
      why: 'there is no component "order"; did you mean "orders"?',
      next: 'fix the name, then:  lastgood catalog check catalog/',
    });
    expect(error.message).toBe(
      [
        'CATALOG_UNKNOWN_COMPONENT  catalog/production.yaml:41  rule pay21-needs-ord31 names "order"',
        '  there is no component "order"; did you mean "orders"?',
        '  fix the name, then:  lastgood catalog check catalog/',
      ].join('\n'),
    );
    expect(error.name).toBe('LastgoodError');
  });

  test('falls back to the remedy of its code, and needs neither place nor why', () => {
    expect(formatError('UNKNOWN_ROLLBACK', { what: 'there is no rollback rb-production-9' })).toBe(
      'UNKNOWN_ROLLBACK  there is no rollback rb-production-9\n  see all: lastgood list',
    );
  });

  test.each([
    ['BAD_REQUEST', false, 2],
    ['LOCK_HELD', false, 3],
    ['NOT_SETTLED', false, 5],
    ['DATABASE_UNREACHABLE', true, 7],
    ['COMMAND_TIMED_OUT', true, 5],
  ] as const)('%s is retryable: %s, and ends a command with exit code %d', (code, retryable, exit) => {
    const error = new LastgoodError(code, { what: 'x' });
    expect([error.isRetryable, error.exitCode]).toEqual([retryable, exit]);
  });

  test('passes through unchanged when it is ours', () => {
    const error = new LastgoodError('DRIFT', { what: 'x' });
    expect(asLastgoodError(error, 'INTERNAL')).toBe(error);
  });

  test.each([
    ['an Error', new Error('socket hang up'), 'socket hang up'],
    ['a text', 'socket hang up', 'socket hang up'],
    ['nothing', undefined, 'undefined'],
  ])('is made of %s, keeping its words and its cause', (_what, thrown, what) => {
    const error = asLastgoodError(thrown, 'HTTP_UNREACHABLE');
    expect([error.code, error.text.what, error.cause]).toEqual(['HTTP_UNREACHABLE', what, thrown]);
  });

  test('without a name is INTERNAL and may be tried again', () => {
    expect(asLastgoodError(new Error('?'))).toMatchObject({ code: 'INTERNAL', isRetryable: true });
  });
});

describe('the catalogue of errors', () => {
  const kinds = Object.entries(errorCatalogue) as readonly (readonly [ErrorCode, (typeof errorCatalogue)[ErrorCode]])[];

  test.each(kinds)(
    '%s has a meaning in one sentence and a remedy that follows a colon',
    (code, { meaning, remedy }) => {
      expect(code).toMatch(/^[A-Z]+(?:_[A-Z]+)*$/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(remedy).toMatch(/^[a-z].*[^.]$/);
    },
  );
});
