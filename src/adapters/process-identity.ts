import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Which process a number means: a pid alone may belong to a stranger by the time somebody looks again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the kernel tells it: two processes with one pid never share it. */
  readonly started: string;
  readonly command: string;
}

/** The process that has this pid now; undefined when there is none, or none that still does anything. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid < 1) return undefined;
  return process.platform === 'linux' ? identifyByProc(pid) : identifyByPs(pid);
}

/** True while exactly this process lives: same pid, same start, same command. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identifyProcess(identity.pid);
  return now?.started === identity.started && now.command === identity.command;
}

/** Linux: start time in clock ticks since boot (field 22 of stat), made unique over reboots by the boot id. */
function identifyByProc(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return { pid, started: `${boot}:${fields[19] ?? ''}`, command };
  } catch {
    return undefined;
  }
}

function identifyByPs(pid: number): ProcessIdentity | undefined {
  try {
    const started = ps('lstart=', pid);
    const command = ps('command=', pid);
    return started === '' ? undefined : { pid, started, command };
  } catch {
    return undefined;
  }
}

function ps(column: string, pid: number): string {
  const args = ['-ww', '-o', column, '-p', String(pid)];
  return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
