import { LastgoodError } from '../domain/errors';
import type { HttpResponse, World } from '../domain/ports';
import type { Check, HttpCheck, Sample, ScrapeCheck } from '../domain/verification';
import { countersOf, parseScrape } from './scrape';

/** One look at one check. What can not be asked is a sample that is not ok, with its reason; only a cancelled look throws. */
export async function sampleCheck(check: Check, world: World, nowMs: number, signal: AbortSignal): Promise<Sample> {
  try {
    const { url, timeoutMs } = check;
    const answer = await world.http.request({ method: 'GET', url, timeoutMs, signal });
    const looked = check.type === 'http' ? probed(check, answer) : scraped(check, answer);
    return { atMs: nowMs, ...looked };
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError)) throw thrown;
    const why = [thrown.text.what, thrown.text.why].filter((part) => part !== undefined).join(': ');
    return { atMs: nowMs, ok: false, why };
  }
}

function probed({ expectStatus }: HttpCheck, { status }: HttpResponse): Omit<Sample, 'atMs'> {
  return status === expectStatus ? { ok: true } : { ok: false, why: `it answered ${status}, not ${expectStatus}` };
}

function scraped(check: ScrapeCheck, { status, body, truncated }: HttpResponse): Omit<Sample, 'atMs'> {
  if (status !== 200) return { ok: false, why: `the metrics endpoint answered ${status}` };
  if (truncated) return { ok: false, why: 'the metrics page is longer than 1 MB' };
  try {
    return { ok: true, ...countersOf(check, parseScrape(body)) };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return { ok: false, why: `the metrics page can not be read: ${thrown.message}` };
  }
}
