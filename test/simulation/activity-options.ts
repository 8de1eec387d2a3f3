/** What an activity is scheduled with; durations in ms. */
export interface ActivityOptions {
  readonly taskQueue?: string;
  readonly startToCloseMs: number;
  readonly scheduleToCloseMs: number | undefined;
  readonly heartbeatMs: number | undefined;
  readonly retry: {
    readonly firstMs: number;
    readonly factor: number;
    readonly mostMs: number;
    readonly attempts: number;
  };
}

/** The options of `proxyActivities`, with the server's defaults. */
export function readOptions(given: object): ActivityOptions {
  const options = given as Record<string, unknown> & { readonly retry?: Record<string, unknown> };
  const { retry = {} } = options;
  return {
    ...(typeof options['taskQueue'] === 'string' ? { taskQueue: options['taskQueue'] } : {}),
    startToCloseMs: msOf(options['startToCloseTimeout']) ?? Infinity,
    scheduleToCloseMs: msOf(options['scheduleToCloseTimeout']),
    heartbeatMs: msOf(options['heartbeatTimeout']),
    retry: {
      firstMs: msOf(retry['initialInterval']) ?? 1_000,
      factor: (retry['backoffCoefficient'] as number | undefined) ?? 2,
      mostMs: msOf(retry['maximumInterval']) ?? 100_000,
      attempts: (retry['maximumAttempts'] as number | undefined) ?? Infinity,
    },
  };
}

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  second: 1_000,
  seconds: 1_000,
  minute: 60_000,
  minutes: 60_000,
  hour: 3_600_000,
  hours: 3_600_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** `2 minutes`, `500 ms`, or a number of ms. */
function msOf(duration: unknown): number | undefined {
  if (duration === undefined || typeof duration === 'number') return duration;
  if (typeof duration !== 'string')
    throw new Error(`the simulation does not know the duration ${JSON.stringify(duration)}`);
  const [amount = '', unit = ''] = duration.split(' ');
  const factor = unitsMs[unit];
  if (factor === undefined) throw new Error(`the simulation does not know the duration "${duration}"`);
  return Number(amount) * factor;
}
