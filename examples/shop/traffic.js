const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

/** The customers: about forty requests a second, half to payments and half to orders; one line a second in traffic.jsonl. */
const { directory, ports } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const counts = { requests: 0, errors: 0 };
let next = 0;

async function buy(port, pathname) {
  counts.requests += 1;
  const response = await fetch(`http://127.0.0.1:${port}${pathname}`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );
  await response?.arrayBuffer().catch(() => undefined);
  if (response?.ok !== true) counts.errors += 1;
}

setInterval(() => {
  next += 1;
  void buy(ports.payments, `/pay/${next}`);
  void buy(ports.orders, `/orders/${next}`);
}, 50);

setInterval(() => {
  appendFileSync(
    path.join(directory, 'traffic.jsonl'),
    `${JSON.stringify({ at: new Date().toISOString(), ...counts })}\n`,
  );
  Object.assign(counts, { requests: 0, errors: 0 });
}, 1_000);

process.once('SIGTERM', () => process.exit(0));
writeFileSync(path.join(directory, 'run', 'traffic.pid'), `${process.pid}\n`);
