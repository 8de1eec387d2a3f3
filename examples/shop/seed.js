const { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { freePorts } = require('./manager.js');

/** Lays a shop out in an empty directory: node seed.js DIR. Releases, links, ports, flags and a catalog that describes them. */
async function seed(target) {
  const directory = path.resolve(target);
  if (existsSync(path.join(directory, 'shop.json'))) throw new Error(`there is a shop in ${directory} already`);
  for (const name of ['run', 'logs', 'journals']) mkdirSync(path.join(directory, name), { recursive: true });
  cpSync(path.join(__dirname, 'service'), path.join(directory, 'service'), { recursive: true });
  for (const component of ['orders', 'payments']) {
    cpSync(path.join(__dirname, 'releases', component), path.join(directory, component, 'releases'), {
      recursive: true,
    });
    symlinkSync(path.join('releases', '1.0.0'), path.join(directory, component, 'current'));
  }
  const ports = await freePorts(['orders', 'payments', 'flags']);
  const flags = { 'new-payment-flow': { enabled: false, revision: 1 } };
  writeFileSync(path.join(directory, 'flags.json'), JSON.stringify(flags, null, 2));
  writeFileSync(path.join(directory, 'catalog.yaml'), catalogFor(directory, ports));
  writeFileSync(path.join(directory, 'shop.json'), JSON.stringify({ directory, ports }, null, 2));
  console.log(`a shop in ${directory}, described by ${path.join(directory, 'catalog.yaml')}`);
}

/** catalog.yaml with this machine's paths and ports. JSON text is YAML text, whatever a path is made of. */
function catalogFor(directory, ports) {
  const template = readFileSync(path.join(__dirname, 'catalog.yaml'), 'utf8');
  return template
    .replaceAll(
      '[node, /srv/shop/bin/reload.js, /srv/shop, ',
      () =>
        `[${[process.execPath, path.join(__dirname, 'reload.js'), directory].map((part) => JSON.stringify(part)).join(', ')}, `,
    )
    .replaceAll(/\/srv\/shop\/(\w+)/g, (_, name) => JSON.stringify(path.join(directory, name)))
    .replaceAll(':7301', `:${ports.orders}`)
    .replaceAll(':7302', `:${ports.payments}`)
    .replaceAll(':7303', `:${ports.flags}`);
}

seed(process.argv[2]).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
