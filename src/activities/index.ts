import { markBad, recordReturn, report } from './aftermath';
import type { ControlActivities, LayerActivities } from './calls';
import { watchChecks } from './checks';
import { awaitDeployments } from './deployments';
import { awaitThaw, underSwitch } from './freeze';
import { takeLocks } from './locks';
import { assess, observe } from './look';
import { notify } from './notify';
import { openRollback } from './open';
import { plan } from './plan';
import { revert } from './revert';
import { running, runningAfterEvents, runningBesideEvents, runningWithEvents } from './run';
import { scope } from './scope';
import { Shelf } from './shelf';
import { checkShift } from './shift';
import { findDrift, rehearse, verify } from './steps';
import { captureLayers } from './survey/capture';
import { closeSurvey } from './survey/close';
import { openSurvey } from './survey/open';
import { assessReturn, planReturn, wayBack } from './way-back';
import { recall, takeUp } from './take-up';
import type { ActivityWorld } from './world';

/** Every activity, bound to one world: `control` for the queue of the workflows, `layers` for each credential domain. */
export function createActivities(world: ActivityWorld): {
  readonly control: ControlActivities;
  readonly layers: LayerActivities;
} {
  const shelf = new Shelf(world);
  const { inventory } = world;
  const control: ControlActivities = {
    openRollback: (input) => running(() => openRollback(world, input)),
    scope: (input) => runningWithEvents(inventory, input, () => scope(world, shelf, input)),
    plan: (input) => runningWithEvents(inventory, input, () => plan(world, shelf, input)),
    notify: (input) => runningAfterEvents(inventory, input, (pulse) => notify(world, shelf, input, pulse)),
    takeLocks: (input) => runningWithEvents(inventory, input, () => takeLocks(world, shelf, input)),
    awaitDeployments: (input) => runningWithEvents(inventory, input, () => awaitDeployments(world, shelf, input)),
    markBad: (input) => runningWithEvents(inventory, input, () => markBad(world, shelf, input)),
    watchChecks: (input) => runningWithEvents(inventory, input, (pulse) => watchChecks(world, shelf, input, pulse)),
    checkShift: (input) => runningWithEvents(inventory, input, (pulse) => checkShift(world, shelf, input, pulse)),
    recordReturn: (input) => runningWithEvents(inventory, input, () => recordReturn(world, shelf, input)),
    wayBack: (input) => runningWithEvents(inventory, input, () => wayBack(world, shelf, input)),
    planReturn: (input) => runningWithEvents(inventory, input, () => planReturn(world, shelf, input)),
    report: (input) => runningAfterEvents(inventory, input, () => report(world, shelf, input)),
    awaitThaw: (input) => runningWithEvents(inventory, input, () => awaitThaw(world)),
    storeEvents: (input) => runningAfterEvents(inventory, input, () => Promise.resolve(null)),
    takeUp: (input) => runningWithEvents(inventory, input, () => takeUp(world, shelf, input)),
    recall: (input) => running(() => recall(world, input)),
    releaseLocks: (input) =>
      runningAfterEvents(inventory, input, async () => {
        await inventory.locks.release(input.rollback);
        return null;
      }),
    openSurvey: (input) => running(() => openSurvey(world, input)),
    closeSurvey: (input) => running((pulse) => closeSurvey(world, shelf, input, pulse)),
  };
  const layers: LayerActivities = {
    observe: (input) => running((pulse) => observe(world, shelf, input, pulse)),
    assess: (input) => running((pulse) => assess(world, shelf, input, pulse)),
    rehearse: (input) => runningBesideEvents(inventory, input, (pulse) => rehearse(world, shelf, input, pulse)),
    findDrift: (input) => runningBesideEvents(inventory, input, (pulse) => findDrift(world, shelf, input, pulse)),
    revert: (input) =>
      runningBesideEvents(inventory, input, (pulse) =>
        underSwitch(world, pulse, (guarded) => revert(world, guarded, shelf, input, pulse)),
      ),
    verify: (input) => runningBesideEvents(inventory, input, (pulse) => verify(world, shelf, input, pulse)),
    assessReturn: (input) => runningBesideEvents(inventory, input, (pulse) => assessReturn(world, shelf, input, pulse)),
    captureLayers: (input) => running((pulse) => captureLayers(world, shelf, input, pulse)),
  };
  return { control, layers };
}
