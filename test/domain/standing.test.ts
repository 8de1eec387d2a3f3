import type { Mark, ReleaseEvent, Standing } from '../../src/domain/release';
import { standing } from '../../src/domain/standing';

const s = 1_000;
const min = 60 * s;
const hour = 60 * min;

const live = (atMs: number): ReleaseEvent => ({ kind: 'live', atMs, deployment: '812' });
const left = (atMs: number): ReleaseEvent => ({ kind: 'left', atMs });
const passed = (atMs: number): ReleaseEvent => ({ kind: 'checked', atMs, verdict: 'passed' });
const failed = (atMs: number): ReleaseEvent => ({ kind: 'checked', atMs, verdict: 'failed' });
const noData = (atMs: number): ReleaseEvent => ({ kind: 'checked', atMs, verdict: 'no-data' });
const said = { by: 'ana', reason: 'drops orders' };
const marked = (mark: Mark['mark'], atMs: number): ReleaseEvent => ({ kind: 'marked', atMs, mark, ...said });
const lifted = (mark: Mark['mark'], atMs: number): ReleaseEvent => ({ kind: 'lifted', atMs, mark, ...said });

interface Row {
  readonly events: readonly ReleaseEvent[];
  readonly nowMs: number;
  readonly is: Standing;
}

const unknown = (why: string): Standing => ({ status: 'unknown', why });
const good = (goodForSeconds: number, why: string): Standing => ({ status: 'good', goodForSeconds, why });

const rows: Readonly<Record<string, Row>> = {
  'is unknown when nothing ever happened': { events: [], nowMs: hour, is: unknown('was never live in production') },
  'is unknown when it was only checked somewhere else': {
    events: [passed(min)],
    nowMs: hour,
    is: unknown('was never live in production'),
  },
  'is good when a check passed after the time that known-good needs': {
    events: [live(0), passed(20 * min)],
    nowMs: 3 * hour,
    is: good(3 * 3600, 'is live and verified for 3 h'),
  },
  'is good when the check passed exactly then': {
    events: [live(0), passed(15 * min)],
    nowMs: 15 * min,
    is: good(900, 'is live and verified for 15 min'),
  },
  'is good for as long as it was live, once it has left': {
    events: [live(0), passed(20 * min), left(40 * min)],
    nowMs: 48 * hour,
    is: good(2400, 'was live and verified for 40 min'),
  },
  'is good when the check passed as the last thing before it left': {
    events: [live(0), passed(30 * min), left(30 * min)],
    nowMs: hour,
    is: good(1800, 'was live and verified for 30 min'),
  },
  'is unknown when it was not live long enough': {
    events: [live(0), passed(20 * s), left(40 * s)],
    nowMs: hour,
    is: unknown('was live for 40 s, known-good needs 15 min'),
  },
  'is unknown while it is not yet live long enough': {
    events: [live(0), passed(1 * min)],
    nowMs: 2 * min,
    is: unknown('is live for 2 min, known-good needs 15 min'),
  },
  'is unknown when nobody ever verified it': {
    events: [live(0), noData(20 * min)],
    nowMs: hour,
    is: unknown('is live for 60 min, but was never verified'),
  },
  'is unknown when it was verified only at its beginning': {
    events: [live(0), passed(1 * min), left(5 * hour)],
    nowMs: 9 * hour,
    is: unknown('was live for 5 h, but was not verified after 15 min'),
  },
  'is unknown when a check failed after the one that passed': {
    events: [live(0), passed(20 * min), failed(25 * min)],
    nowMs: hour,
    is: unknown('its last check failed while it was live'),
  },
  'is good when a check passed after the one that failed': {
    events: [live(0), failed(20 * min), passed(25 * min), noData(26 * min)],
    nowMs: 30 * min,
    is: good(1800, 'is live and verified for 30 min'),
  },
  'is not made good by a check that passed after it had left': {
    events: [live(0), left(10 * min), passed(20 * min)],
    nowMs: hour,
    is: unknown('was live for 10 min, known-good needs 15 min'),
  },
  'stays good by an earlier time live when it comes back': {
    events: [live(0), passed(20 * min), left(30 * min), live(40 * min)],
    nowMs: 41 * min,
    is: good(1800, 'was live and verified for 30 min'),
  },
  'speaks of its last time live when none was good': {
    events: [live(0), left(10 * s), live(min), left(min + 30 * s)],
    nowMs: hour,
    is: unknown('was live for 30 s, known-good needs 15 min'),
  },
  'is good when a person says so, whatever the checks say': {
    events: [live(0), failed(1 * min), marked('known-good', 2 * min), left(10 * min)],
    nowMs: hour,
    is: good(600, 'marked known-good by ana: drops orders'),
  },
  'is good when a person says so of a release that was never live': {
    events: [marked('known-good', 0)],
    nowMs: hour,
    is: good(0, 'marked known-good by ana: drops orders'),
  },
  'is unstable when marked so, even if it was good': {
    events: [live(0), passed(20 * min), marked('unstable', 30 * min)],
    nowMs: hour,
    is: { status: 'unstable', why: 'marked unstable by ana: drops orders' },
  },
  'is unstable against a later mark known-good': {
    events: [live(0), marked('unstable', 0), marked('known-good', min)],
    nowMs: hour,
    is: { status: 'unstable', why: 'marked unstable by ana: drops orders' },
  },
  'is revoked before it is unstable': {
    events: [marked('revoked', 0), marked('unstable', min)],
    nowMs: hour,
    is: { status: 'revoked', why: 'marked revoked by ana: drops orders' },
  },
  'is what it was before once the mark is lifted': {
    events: [live(0), passed(20 * min), marked('unstable', 30 * min), lifted('unstable', 31 * min)],
    nowMs: 40 * min,
    is: good(2400, 'is live and verified for 40 min'),
  },
  'stays revoked when only unstable is lifted': {
    events: [marked('revoked', 0), marked('unstable', 0), lifted('unstable', min)],
    nowMs: hour,
    is: { status: 'revoked', why: 'marked revoked by ana: drops orders' },
  },
  'is unstable when it is marked again after a lift': {
    events: [marked('unstable', 0), lifted('unstable', 1), marked('unstable', 2)],
    nowMs: hour,
    is: { status: 'unstable', why: 'marked unstable by ana: drops orders' },
  },
  'believes a check that the database dated after our own clock': {
    events: [live(0), passed(15 * min + 5)],
    nowMs: 15 * min,
    is: good(900, 'is live and verified for 15 min'),
  },
};

describe('the standing of a release', () => {
  it.each(Object.entries(rows))('%s', (_, { events, nowMs, is }) => {
    expect(standing(events, nowMs, { knownGoodAfterMs: 15 * min, environment: 'production' })).toEqual(is);
  });

  it('needs no time at all where the policy asks for none, but still a check', () => {
    expect(standing([live(0), passed(0)], 0, { knownGoodAfterMs: 0 }).status).toBe('good');
    expect(standing([live(0)], hour, { knownGoodAfterMs: 0 })).toEqual(
      unknown('is live for 60 min, but was never verified'),
    );
  });
});
