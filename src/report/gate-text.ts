import type { GateAnswer } from '../domain/release';
import { wrap } from './layout';
import { oneLine } from './escape';
import { suggestion } from './suggestions';

/** The gate's answer: may this version go out, and if not every reason with its way out. */
export function gateText(
  { promotable, reasons }: GateAnswer,
  { name, environment }: { readonly name: string; readonly environment: string },
): string {
  const what = `${oneLine(name, 200)} may ${promotable ? '' : 'not '}go out to ${environment}`;
  return [
    `${promotable ? 'PROMOTABLE' : 'REFUSED'}  ${what}`,
    ...reasons.flatMap((reason, at) => wrap(suggestion(reason), 80, `  ${at + 1}. `)),
  ].join('\n');
}
