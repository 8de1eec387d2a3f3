const { discountOf } = require('./discounts.js');
const { serve, work } = require('../../../service/serve.js');

/** GET /orders/ID as before, and GET /v2/orders/ID with lines and discount. */
async function answer(pathname) {
  const [, version, id] = /^(\/v2)?\/orders\/(\d+)$/.exec(pathname) ?? [];
  if (id === undefined) return { status: 404, body: { error: 'no such page' } };
  await work();
  const total = 4_200 * (1 - discountOf(id));
  const order = { id, total, currency: 'EUR' };
  return { status: 200, body: version === undefined ? order : { ...order, lines: [{ sku: 'tea', amount: 2 }] } };
}

serve(__dirname, answer);
