import { setTimeout as delay } from 'node:timers/promises';

/** How long a process group may take to end by itself, and how long the kernel may take to end it. */
const graceMs = 2_000;
const killMs = 300;
const pollMs = 20;

/** Asks a process group to end, kills what is left after two seconds, and returns when nothing of it runs any more. */
export async function endGroup(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  if (await isGone(pid, graceMs)) return;
  signalGroup(pid, 'SIGKILL');
  await isGone(pid, killMs);
}

/** Zombies that nobody collects still count as members of the group for the kernel, hence the short limit after SIGKILL. */
async function isGone(pid: number, withinMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += pollMs) {
    if (!signalGroup(pid, 0)) return true;
    await delay(pollMs);
  }
  return false;
}

function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
