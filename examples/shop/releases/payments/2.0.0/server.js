const { isEnabled } = require('./flag.js');
const { ask, serve, work } = require('../../../service/serve.js');

/** GET /pay/ID pays every line of an order: needs GET /v2/orders/ID, which orders has since 2.0.0. */
async function answer(pathname, { ports }) {
  const [, id] = /^\/pay\/(\d+)$/.exec(pathname) ?? [];
  if (id === undefined) return { status: 404, body: { error: 'no such page' } };
  const order = await ask(ports.orders, `/v2/orders/${id}`);
  const flow = (await isEnabled(ports.flags, 'new-payment-flow')) ? 'by line' : 'classic';
  await work();
  return { status: 200, body: { paid: order.total, lines: order.lines.length, flow, receipt: `R-${id}` } };
}

serve(__dirname, answer);
