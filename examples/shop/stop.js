const { readShop, stopProcess, stopService } = require('./manager.js');

/** Stops the whole shop: node stop.js DIR. */
async function stop(directory) {
  const shop = readShop(directory);
  await stopProcess(shop, 'traffic');
  for (const name of ['payments', 'orders']) await stopService(shop, name);
  await stopProcess(shop, 'flags');
}

stop(process.argv[2]).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
