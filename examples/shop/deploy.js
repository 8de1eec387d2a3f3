const { existsSync, renameSync, rmSync, symlinkSync } = require('node:fs');
const path = require('node:path');
const { readShop, startService } = require('./manager.js');

/**
 * What the shop's pipeline does: node deploy.js DIR COMPONENT VERSION. Switches `current`, reloads, and with payments 2.x
 * switches the new payment flow on.
 */
async function deploy(directory, component, version) {
  const shop = readShop(directory);
  const root = path.join(shop.directory, component);
  const release = path.join('releases', version);
  if (!existsSync(path.join(root, release))) throw new Error(`there is no ${path.join(root, release)}`);
  const draft = path.join(root, '.current.new');
  rmSync(draft, { force: true });
  symlinkSync(release, draft);
  renameSync(draft, path.join(root, 'current'));
  await startService(shop, component);
  if (component === 'payments') await setFlag(shop, 'new-payment-flow', !version.startsWith('1.'));
  console.log(`${component} ${version} is live`);
}

async function setFlag({ ports }, name, enabled) {
  const url = `http://127.0.0.1:${ports.flags}/flags/${name}`;
  const current = await (await fetch(url)).json();
  if (current.enabled === enabled) return;
  const headers = { 'content-type': 'application/json', 'x-operator': 'deploy' };
  const answer = await fetch(url, { method: 'PATCH', headers, body: JSON.stringify({ enabled }) });
  if (!answer.ok) throw new Error(`the flag service answered ${answer.status}`);
}

deploy(...process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
