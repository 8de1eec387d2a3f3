const { serve, work } = require('../../../service/serve.js');

/** GET /orders/ID, now with the currency. */
async function answer(pathname) {
  const [, id] = /^\/orders\/(\d+)$/.exec(pathname) ?? [];
  if (id === undefined) return { status: 404, body: { error: 'no such page' } };
  await work();
  return { status: 200, body: { id, total: 4_200, currency: 'EUR' } };
}

serve(__dirname, answer);
