/** Request counters and a latency histogram of one process, as Prometheus reads them. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

function createMetrics() {
  // Present from the beginning: a scraper can not tell a missing counter from one that stands at zero.
  const requests = new Map([
    [200, 0],
    [500, 0],
  ]);
  const buckets = bounds.map(() => 0);
  let count = 0;
  let sum = 0;
  return {
    observe(status, seconds) {
      requests.set(status, (requests.get(status) ?? 0) + 1);
      for (const [index, bound] of bounds.entries()) if (seconds <= bound) buckets[index] += 1;
      count += 1;
      sum += seconds;
    },
    text() {
      return [
        '# TYPE http_requests_total counter',
        ...[...requests].map(([status, total]) => `http_requests_total{status="${status}"} ${total}`),
        '# TYPE http_request_duration_seconds histogram',
        ...bounds.map((bound, index) => `http_request_duration_seconds_bucket{le="${bound}"} ${buckets[index]}`),
        `http_request_duration_seconds_bucket{le="+Inf"} ${count}`,
        `http_request_duration_seconds_sum ${sum}`,
        `http_request_duration_seconds_count ${count}`,
        '',
      ].join('\n');
    },
  };
}

module.exports = { createMetrics };
