import { Heap } from './dependency-graph';

/** What dispatch needs of one unit: how long it takes and which units (by position, all earlier) it waits for. */
export interface Task {
  readonly seconds: number;
  readonly after: readonly number[];
  /** Leads to a bad component: goes before others. */
  readonly isUrgent?: boolean;
}

/** Times of a whole plan in seconds. */
export interface Makespans {
  readonly sequential: number;
  readonly waves: number;
  readonly eventDriven: number;
  readonly criticalPath: number;
}

/** Own time plus the longest tail behind each task; tasks are listed topologically. */
export function tailsOf(tasks: readonly Task[]): Float64Array {
  const behind = new Float64Array(tasks.length);
  for (let at = tasks.length - 1; at >= 0; at -= 1) {
    behind[at]! += tasks[at]!.seconds;
    for (const before of tasks[at]!.after) behind[before] = Math.max(behind[before]!, behind[at]!);
  }
  return behind;
}

/** One after the other, level by level, event-driven with `slots` at a time, and the bound nothing can beat. */
export function makespansOf(tasks: readonly Task[], slots: number): Makespans {
  const tails = tailsOf(tasks);
  return {
    sequential: tasks.reduce((sum, { seconds }) => sum + seconds, 0),
    waves: wavesOf(tasks, tails, slots),
    eventDriven: simulate(tasks, tails, slots),
    criticalPath: tails.reduce((longest, tail) => Math.max(longest, tail), 0),
  };
}

/** Every level starts when the level before it is finished. */
function wavesOf(tasks: readonly Task[], tails: Float64Array, slots: number): number {
  const levels = new Int32Array(tasks.length);
  const members: number[][] = [];
  tasks.forEach(({ after }, at) => {
    levels[at] = after.reduce((level, before) => Math.max(level, levels[before]! + 1), 0);
    (members[levels[at]] ??= []).push(at);
  });
  return members.reduce((sum, wave) => sum + packed(wave, tasks, tails, slots), 0);
}

function packed(wave: readonly number[], tasks: readonly Task[], tails: Float64Array, slots: number): number {
  const alone = wave.map((at) => ({ seconds: tasks[at]!.seconds, after: [] }));
  if (wave.length <= slots) return alone.reduce((longest, { seconds }) => Math.max(longest, seconds), 0);
  return simulate(
    alone,
    Float64Array.from(wave, (at) => tails[at]!),
    slots,
  );
}

/** List scheduling: whenever a slot is free, the ready task that leads to a bad component, then with the longest tail. */
function simulate(tasks: readonly Task[], tails: Float64Array, slots: number): number {
  const waiting = Int32Array.from(tasks, ({ after }) => new Set(after).size);
  const dependents: number[][] = tasks.map(() => []);
  tasks.forEach(({ after }, at) => new Set(after).forEach((before) => dependents[before]!.push(at)));
  const urgency = (at: number): number => (tasks[at]!.isUrgent === true ? 0 : 1);
  const ready = new Heap(
    (left, right) => urgency(left) - urgency(right) || tails[right]! - tails[left]! || left - right,
  );
  const ends = new Float64Array(tasks.length);
  const running = new Heap((left, right) => ends[left]! - ends[right]! || left - right);
  tasks.forEach((_task, at) => waiting[at] === 0 && ready.push(at));
  let now = 0;
  for (;;) {
    while (ready.size > 0 && running.size < slots) {
      const at = ready.pop()!;
      ends[at] = now + tasks[at]!.seconds;
      running.push(at);
    }
    const done = running.pop();
    if (done === undefined) return now;
    now = ends[done]!;
    for (const dependent of dependents[done]!) {
      waiting[dependent]! -= 1;
      if (waiting[dependent] === 0) ready.push(dependent);
    }
  }
}
