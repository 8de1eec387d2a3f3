import { LastgoodError } from '../../domain/errors';
import type { Rehearsal } from '../../domain/reverter';

/** Rehearses a write on the API server, which does everything but keep it. `attempt` answers with what passed. */
export async function serverDryRun(attempt: () => Promise<string>): Promise<Rehearsal> {
  try {
    return { result: 'passed', level: `server-side dry run: ${await attempt()}` };
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError) || thrown.isRetryable) throw thrown;
    const why = [thrown.text.what, thrown.text.why].filter((part) => part !== undefined).join('; ');
    // An admission webhook with side effects refuses every dry run: that says nothing about the change.
    if (why.includes('does not support dry run')) return { result: 'unavailable', level: 'nothing was tried', why };
    return { result: 'failed', level: 'server-side dry run', why };
  }
}
