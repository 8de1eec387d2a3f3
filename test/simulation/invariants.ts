import { evidenceOf, type Evidence } from './evidence';
import {
  isAbout,
  fingerprintOf,
  tooEarly,
  onMovedGround,
  cameAfterTheEnd,
  forbiddenPairs,
  withoutRow,
  twoAtOnce,
  untrueSuccess,
  untrueMap,
  unwholeRecord,
} from './laws';
import { bad } from './scenario';
import type { Story } from './story';

/** A law that every story keeps, and the sentence that says it. */
export interface Invariant {
  readonly name: string;
  readonly sentence: string;
  readonly broken: (evidence: Evidence) => readonly string[];
}

/** One law that a story broke. */
export interface Violation {
  readonly invariant: string;
  readonly what: string;
}

/** Every law, judged from the targets' own journal and the inventory; never from what Lastgood says of itself. */
export const invariants: readonly Invariant[] = [
  {
    name: 'order',
    sentence: 'no write goes out before every predecessor of its unit has been at its target since the plan was made',
    broken: ({ writes, effects, story }) => writes.flatMap((write) => tooEarly(write, effects, story)),
  },
  {
    name: 'approved',
    sentence:
      'no write goes out without an approval that a person gave before it to exactly this plan of this rollback',
    broken: ({ writes, story }) =>
      writes
        .filter(
          ({ by, plan, effect }) =>
            !story.approvals.some((said) => isAbout(said, by, plan, story) && said.atMs <= effect.atMs),
        )
        .map(({ step, rollback }) => `${rollback} wrote ${step.id}, and nobody had approved that plan`),
  },
  {
    name: 'once',
    sentence: 'no write repeats what is there already',
    broken: ({ writes }) =>
      writes
        .filter(({ effect }) => effect.before === effect.after)
        .map(({ step, by }) => `${by.name} wrote ${step.id} although it was there`),
  },
  {
    name: 'nobody overwritten',
    sentence:
      'a write changes only the state that its plan was made for, or any state where its target is safe from all',
    broken: ({ writes, story }) =>
      writes
        .filter(({ step, effect }) => step.accepts !== 'any' && fingerprintOf(story, effect.before) !== step.from)
        .map(
          ({ step, effect, by }) =>
            `${by.name} of ${step.id} overwrote ${String(effect.before)}, which is not where its plan starts`,
        ),
  },
  {
    name: 'looked again',
    sentence: 'nothing is written by a plan whose ground had moved before its locks were held and has not moved back',
    broken: ({ writes, effects, story }) => writes.flatMap((write) => onMovedGround(write, effects, story)),
  },
  {
    name: 'never forbidden',
    sentence: 'no write makes two versions live together that a rule forbids',
    broken: forbiddenPairs,
  },
  {
    name: 'journaled under a fence',
    sentence:
      'each write has a journal row that its own rollback opened before it, while it held the lock of the component',
    broken: ({ writes, rollbacks, story }) => writes.flatMap((write) => withoutRow(write, rollbacks, story)),
  },
  {
    name: 'one at a time',
    sentence: 'while one rollback holds a component and goes on, no other rollback begins to write to it',
    broken: twoAtOnce,
  },
  {
    name: 'nothing after the end',
    sentence: 'no attempt that began after a rollback had ended writes anything',
    broken: ({ writes, story }) =>
      writes
        .filter(({ effect }) => !effect.isLate && cameAfterTheEnd(effect, story))
        .map(({ step, rollback }) => `${rollback} wrote ${step.id} after it had ended`),
  },
  {
    name: 'frozen means frozen',
    sentence: 'a second after all writes are frozen none begins, until they go on',
    broken: ({ writes, story }) =>
      writes
        .filter(
          ({ effect }) =>
            !effect.isDelayed &&
            story.frozen.some(({ fromMs, untilMs }) => effect.atMs > fromMs + 1_000 && effect.atMs < untilMs),
        )
        .map(({ step, rollback }) => `${rollback} wrote ${step.id} while writes were frozen`),
  },
  {
    name: 'success is true',
    sentence:
      'a rollback that ends as restored has seen every target at its version, and only others have moved one since',
    broken: ({ rollbacks, effects, story }) => rollbacks.flatMap((one) => untrueSuccess(one, effects, story)),
  },
  {
    name: 'the map is true',
    sentence:
      'what a rollback says is live when it ends is live, unless somebody else, or an attempt given up before, changed it later',
    broken: ({ rollbacks, effects, story }) => rollbacks.flatMap((one) => untrueMap(one, effects, story)),
  },
  {
    name: 'marked before the first write',
    sentence: 'the bad releases are marked unstable before anything is written',
    broken: ({ writes, marks }) =>
      writes.flatMap(({ plan, effect, rollback, step }) =>
        step.id.startsWith('reinstate:')
          ? []
          : plan.targets
              .filter(
                (target) =>
                  target.bad &&
                  !marks.some(
                    ({ component, version, mark, atMs }) =>
                      mark === 'unstable' &&
                      component === target.component &&
                      version === target.from.version &&
                      atMs <= effect.atMs,
                  ),
              )
              .map(
                (target) => `${rollback} wrote ${step.id} before ${target.component} ${target.from.version} was marked`,
              ),
      ),
  },
  {
    name: 'never forward by itself',
    sentence: 'nothing but an approved reinstate ever writes the bad version',
    broken: ({ writes }) =>
      writes
        .filter(({ effect, unit }) => effect.after === bad && !unit.id.startsWith('reinstate:'))
        .map(({ step, rollback }) => `${rollback} wrote the bad version by ${step.id}`),
  },
  {
    name: 'a dry run writes nothing',
    sentence: 'a dry run leaves every target as it was',
    broken: ({ writes, story }) =>
      writes
        .filter(({ by }) => story.requests.get(by.workflowId)?.dryRun === true)
        .map(({ step }) => `a dry run wrote ${step.id}`),
  },
  {
    name: 'it ends',
    sentence: 'every rollback ends, whatever happens and whoever stays silent',
    broken: ({ story }) => [
      ...(story.hasEnded ? [] : ['it was still going on after far more than anything should take']),
      ...story.runs
        .filter(({ closed }) => closed === undefined)
        .map(({ workflowId }) => `${workflowId} waits for nothing`),
      ...story.runs
        .filter(({ closed }) => closed?.how === 'failed')
        .map(({ workflowId, closed }) => `${workflowId} threw: ${String(closed?.result)}`),
    ],
  },
  {
    name: 'no lock is left',
    sentence: 'a rollback that has ended holds no lock',
    broken: ({ rollbacks, locksHeld }) =>
      rollbacks
        .filter(({ run }) => run.closed?.how === 'completed')
        .flatMap(({ rollback }) =>
          locksHeld
            .filter((lock) => lock.rollback === rollback)
            .map(({ component }) => `${rollback} still holds ${component}`),
        ),
  },
  {
    name: 'the record is whole',
    sentence: 'every event of a rollback that has ended is in the inventory, once, in order, from opened to closed',
    broken: ({ rollbacks }) => rollbacks.flatMap(unwholeRecord),
  },
  {
    name: 'always answers',
    sentence: 'the query status answers in every state',
    broken: ({ story }) => story.unanswered,
  },
];

/** Every law that this story broke. */
export async function violationsOf(story: Story): Promise<readonly Violation[]> {
  const evidence = await evidenceOf(story);
  return invariants.flatMap(({ name, broken }) => broken(evidence).map((what) => ({ invariant: name, what })));
}
