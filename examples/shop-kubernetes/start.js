const path = require('node:path');
const { readShop, startHelper } = require('../shop/manager.js');

/** The customers come: node start.js DIR. The services are in the cluster already. */
const shop = readShop(process.argv[2]);
startHelper(shop, 'customers', path.join(__dirname, 'customers.js')).then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
