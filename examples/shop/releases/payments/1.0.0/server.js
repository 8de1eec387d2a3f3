const { ask, serve, work } = require('../../../service/serve.js');

/** GET /pay/ID pays an order. */
async function answer(pathname, { ports }) {
  const [, id] = /^\/pay\/(\d+)$/.exec(pathname) ?? [];
  if (id === undefined) return { status: 404, body: { error: 'no such page' } };
  const order = await ask(ports.orders, `/orders/${id}`);
  await work();
  return { status: 200, body: { paid: order.total } };
}

serve(__dirname, answer);
