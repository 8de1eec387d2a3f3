const { readShop, stopProcess } = require('../shop/manager.js');

/** The customers go home: node stop.js DIR. What is in the cluster stays. */
stopProcess(readShop(process.argv[2]), 'customers').catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
