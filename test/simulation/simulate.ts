import type { Attempt } from './activity-task';
import { House, type Edit } from './house';
import { workflowFor } from './load-workflow';
import type { Scenario } from './scenario';
import { Stage } from './stage';
import type { Story } from './story';
import { timeGlobals, VirtualTime } from './virtual-time';

/** The product's sources under one set of edits; each call of `simulate` is one story in a world of its own. */
export class Simulator {
  private time = new VirtualTime();
  private readonly house: House;

  constructor(edits: readonly Edit[] = []) {
    const context = { Context: { current: () => (this.time.current as Attempt).context } };
    this.house = new House(
      timeGlobals(() => this.time),
      { '@temporalio/activity': context },
      edits,
    );
  }

  async simulate(scenario: Scenario, isTold = false): Promise<Story> {
    this.time = new VirtualTime();
    const stage = new Stage(this.house, this.time, scenario, isTold);
    return stage.play();
  }

  /** Plays the workflows of a story again from what reached them. Answers with every run that asked for something else. */
  async replay(story: Story): Promise<readonly string[]> {
    const differing: string[] = [];
    for (const run of story.runs) {
      const again = workflowFor(this.house, {
        workflowId: run.workflowId,
        runId: run.runId,
        originalExecutionRunId: run.runId,
      });
      for (const { atMs, jobs } of run.activations) {
        this.time.replayMs = atMs;
        for (const job of jobs) again.take(job);
        do await new Promise((resolve) => void setImmediate(resolve));
        while (again.unblock());
      }
      this.time.replayMs = undefined;
      const [before, after] = [run.stand.commands, again.commands].map((commands) => JSON.stringify(commands));
      if (before !== after) differing.push(run.workflowId);
    }
    return differing;
  }
}
