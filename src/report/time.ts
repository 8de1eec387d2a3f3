const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `00:31`, `1:02:03`: time elapsed, as a stop-watch shows it. */
export function stopwatch(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / secondMs);
  if (!Number.isFinite(seconds)) return '?';
  const hours = Math.floor(seconds / 3_600);
  const rest = `${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

/** `0:47`, `3:31`, `1:02:03`: a recovery time in a table. */
export function recoveryTime(ms: number): string {
  return stopwatch(ms).replace(/^0(?=\d:)/, '');
}

/** `17.6 s`, `5 min 52 s`, `3 h 20 min`: how long something took. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  const tenths = Math.round(Math.max(0, ms) / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / secondMs);
  if (seconds < 3_600) return twoUnits(seconds, 60, 'min', 's');
  return seconds < 48 * 3_600 ? twoUnits(Math.round(seconds / 60), 60, 'h', 'min') : age(ms);
}

/** `40 s`, `6 min`, `5 h`, `9 d`: one unit, rounded down; for ages and estimates. */
export function age(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  const past = Math.max(0, ms);
  if (past < minuteMs) return `${Math.floor(past / secondMs)} s`;
  if (past < hourMs) return `${Math.floor(past / minuteMs)} min`;
  return past < 2 * dayMs ? `${Math.floor(past / hourMs)} h` : `${Math.floor(past / dayMs)} d`;
}

/** `48 s`, `1 min 24 s`: how long something will take, in whole seconds. */
export function estimated(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : duration(whole * secondMs);
}

/** `6 min ago`, or `in 29 min` for what lies ahead. */
export function relative(atMs: number, nowMs: number): string {
  return atMs <= nowMs ? `${age(nowMs - atMs)} ago` : `in ${age(atMs - nowMs)}`;
}

/** `02:58:10`, UTC. */
export function utcClock(atMs: number): string {
  return isoOf(atMs)?.slice(11, 19) ?? '?';
}

/** `21 Nov 02:58`, UTC. */
export function utcShort(atMs: number): string {
  const iso = isoOf(atMs);
  if (iso === undefined) return '?';
  return `${iso.slice(8, 10)} ${months[Number(iso.slice(5, 7)) - 1] ?? '?'} ${iso.slice(11, 16)}`;
}

/** `2026-11-21 02:58:10 UTC`. */
export function utcFull(atMs: number): string {
  const iso = isoOf(atMs);
  return iso === undefined ? '?' : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** `1,204`, whatever the locale of the machine. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+(?!\d))/g, ',');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Outside of what a Date can hold there is no time to print, and a workflow must not throw over a screen. */
function isoOf(atMs: number): string | undefined {
  return Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString() : undefined;
}

function twoUnits(small: number, size: number, large: string, unit: string): string {
  const rest = small % size;
  return rest === 0 ? `${small / size} ${large}` : `${Math.floor(small / size)} ${large} ${rest} ${unit}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
