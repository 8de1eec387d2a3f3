import { emptyProgress, type Progress } from '../../src/domain/progress';
import { joinedPages, pageOf, type ProgressPage } from '../../src/domain/progress-pages';

/** A record of `count` components, with what each of them adds to it. */
function big(count: number): Progress {
  const names = Array.from({ length: count }, (_one, at) => `component-${String(at).padStart(4, '0')}`);
  const line = 'x'.repeat(80);
  return {
    ...emptyProgress,
    rollback: 'rb-production-1',
    lastSeq: 4_711,
    components: names.slice(0, 10),
    notes: ['one note'],
    plan: {
      digest: 'sha256:p',
      ref: 'sha256:r',
      verdict: 'SAFE',
      verdictText: 'SAFE',
      targets: names.map((component) => ({ component, bad: true, from: '2.0.0', to: '1.0.0' })),
      refusals: [],
    },
    rehearsal: names.map((component) => ({
      step: `${component}/workload/1`,
      component,
      result: 'passed',
      level: line,
    })),
    units: names.map((id) => ({ id, kind: 'move', components: [id], line, state: 'verified', seen: line })),
    live: names.map((component) => ({ component, version: '1.0.0', state: 'target' })),
  };
}

function pagesOf(progress: Progress): readonly [ProgressPage, ...ProgressPage[]] {
  const first = pageOf(progress, 0);
  const rest = Array.from({ length: (first.pages ?? 1) - 1 }, (_one, at) => pageOf(progress, at + 1));
  return [first, ...rest];
}

describe('a record by pages', () => {
  it('is answered as it is while it fits on one page', () => {
    const small = big(200);
    expect(pageOf(small, 0)).toBe(small);
    expect(joinedPages([small])).toEqual(small);
  });

  it.each([201, 400, 1_000])('comes back whole from its pages: %i components', (count) => {
    const whole = big(count);
    expect(joinedPages(pagesOf(whole))).toEqual(whole);
  });

  it('has pages far below 256 KB for a thousand components', () => {
    const sizes = pagesOf(big(1_000)).map((page) => Buffer.byteLength(JSON.stringify(page)));
    expect(sizes).toHaveLength(5);
    expect(Math.max(...sizes)).toBeLessThan(128 * 1024);
  });

  it('is empty beyond its last page', () => {
    expect(pageOf(big(400), 7)).toMatchObject({ units: [], live: [], rehearsal: [], pages: 2 });
  });
});
