const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { freePorts } = require('../shop/manager.js');
const { clusterOf } = require('./cluster.js');
const { deploy } = require('./deploy.js');
const { namespace } = require('./workloads.js');

/** Puts the shop into a cluster, at 1.0.0: node seed.js DIR KUBECONFIG. DIR takes the catalog, the journals and the traffic. */
async function seed(target, kubeconfig) {
  const directory = path.resolve(target);
  for (const name of ['run', 'logs', 'journals']) mkdirSync(path.join(directory, name), { recursive: true });
  const { customers } = await freePorts(['customers']);
  const shop = { directory, kubeconfig: path.resolve(kubeconfig), ports: { customers } };
  writeFileSync(path.join(directory, 'shop.json'), JSON.stringify(shop, null, 2));
  writeFileSync(path.join(directory, 'catalog.yaml'), catalogFor(shop));
  const cluster = clusterOf(shop.kubeconfig);
  const metadata = { name: namespace };
  await cluster.apply(`/api/v1/namespaces/${namespace}`, { apiVersion: 'v1', kind: 'Namespace', metadata });
  for (const component of ['orders', 'payments']) await deploy(directory, component, '1.0.0');
}

/** catalog.yaml with this machine's path and port. JSON text is YAML text, whatever a path is made of. */
function catalogFor({ kubeconfig, ports }) {
  return readFileSync(path.join(__dirname, 'catalog.yaml'), 'utf8')
    .replaceAll('/srv/shop/kubeconfig', () => JSON.stringify(kubeconfig))
    .replaceAll(':7310', `:${ports.customers}`);
}

seed(...process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
