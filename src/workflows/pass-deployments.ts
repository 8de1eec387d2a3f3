import { proxyActivities } from '@temporalio/workflow';
import type { Locked } from '../activities/answers';
import type { ControlActivities } from '../activities/calls';
import type { Outline } from '../domain/plan';
import { carrying } from './activities';
import { untouched } from './approval';
import type { Ended } from './hold';
import type { Road } from './plan-road';
import { waitOutside } from './wait-outside';

/** Room after the last deadline: the look that finds it passed. In ms. */
const graceMs = 60_000;

/**
 * What to do about pipelines that were deploying when the locks were taken: wait for their end, go on, or refuse, as the
 * catalog or the requester says. A deployment without an end counts as ended at its own deadline.
 */
export async function passDeployments(road: Road, outline: Outline, locked: Locked): Promise<Ended | undefined> {
  const { record, input } = road;
  const { deploying, whenDeploying } = locked;
  if (deploying.length === 0) return undefined;
  const names = deploying.map(({ deployment, component }) => `${deployment} of ${component}`).join(', ');
  const { environment, preempt } = input.request;
  if (preempt === true || whenDeploying === 'preempt') {
    record.add({
      kind: 'noticed',
      note: `goes on although a deployment runs (${names}): it may write over what is reverted`,
    });
    return undefined;
  }
  if (whenDeploying === 'refuse') {
    const why = `DEPLOYMENT_RUNNING  ${names} has not ended; wait for it, or add --preempt; ${untouched(record)}`;
    return { kind: 'ended', outcome: 'refused', why };
  }
  const ways = deploying.map(
    ({ deployment }) => `lastgood release finish ${environment} ${deployment} --status failed`,
  );
  const untilMs = Math.max(...deploying.map((one) => one.untilMs));
  const until = new Date(untilMs).toISOString().slice(11, 16);
  record.add({
    kind: 'noticed',
    note: `waits for the end of deployment ${names}, at most until ${until} UTC; if it has ended:  ${ways.join('; ')}`,
  });
  return waitForTheirEnd(road, outline, untilMs - Date.now() + graceMs);
}

async function waitForTheirEnd(road: Road, outline: Outline, withinMs: number): Promise<Ended | undefined> {
  const { record, desk } = road;
  type Input = Parameters<ControlActivities['awaitDeployments']>[0];
  const { awaitDeployments } = proxyActivities<Pick<ControlActivities, 'awaitDeployments'>>({
    summary: 'waits for the end of a deployment',
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: Math.max(graceMs, withinMs),
  });
  const components = outline.targets.map(({ component }) => component);
  const { catalogDigest } = outline;
  const halts = (): boolean => desk.stopping !== undefined || desk.rejected;
  await waitOutside(halts, () => carrying<Input, null>(record, awaitDeployments, { catalogDigest, components }));
  if (desk.stopping === undefined) return undefined;
  return { kind: 'ended', outcome: 'stopped', why: `${desk.stopping}; ${untouched(record)}` };
}
