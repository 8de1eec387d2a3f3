import type { Finding } from '../domain/custody';
import { oneLine } from './escape';

/** Everything that was found, worst words first, each with its way out; one line when all is well. */
export function doctorText(findings: readonly Finding[]): string {
  if (findings.length === 0)
    return 'ALL IS WELL  servers, workers, rollbacks, locks, writes and audit are as they should be';
  const open = findings.filter(({ fixed }) => !fixed).length;
  const head = `${open === 0 ? 'PUT RIGHT' : 'FOUND'}  ${count(findings.length)}${open === findings.length ? '' : `, ${findings.length - open} put right`}`;
  return [head, ...findings.map(findingText)].join('\n\n');
}

function count(findings: number): string {
  return findings === 1 ? '1 thing' : `${findings} things`;
}

function findingText({ code, what, why, next, fixed, live = {}, inFlight = [] }: Finding): string {
  const map = Object.entries(live).map(([component, version]) => `${component} ${version}`);
  return [
    `${fixed ? '✓' : '✗'} ${code}  ${oneLine(what)}`,
    `  ${oneLine(why)}`,
    ...(map.length === 0 ? [] : [`  live now  ${oneLine(map.join(', '))}`]),
    ...(inFlight.length === 0 ? [] : [`  begun and not closed  ${oneLine(inFlight.join(', '))}`]),
    `  do:  ${next}`,
  ].join('\n');
}
