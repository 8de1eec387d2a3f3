const { readShop, startHelper, startService } = require('./manager.js');

/** Starts the whole shop: node start.js DIR. What runs already goes on running, services are handed over. */
async function start(directory) {
  const shop = readShop(directory);
  await startHelper(shop, 'flags');
  for (const name of ['orders', 'payments']) await startService(shop, name);
  await startHelper(shop, 'traffic');
  console.log(
    `payments http://127.0.0.1:${shop.ports.payments}/pay/1 · orders :${shop.ports.orders} · flags :${shop.ports.flags}`,
  );
}

start(process.argv[2]).then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
