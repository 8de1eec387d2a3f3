const { readShop, startService } = require('./manager.js');

/** The reload command of the catalog: node reload.js DIR SERVICE. Runs what `current` points at. */
const [directory, name] = process.argv.slice(2);
startService(readShop(directory), name).then(
  (pid) => {
    console.log(`${name} runs as process ${pid}`);
    process.exit(0);
  },
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
