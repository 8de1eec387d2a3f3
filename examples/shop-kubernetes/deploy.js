const { setTimeout: sleep } = require('node:timers/promises');
const { readShop } = require('../shop/manager.js');
const { clusterOf } = require('./cluster.js');
const { objectsOf, pathOf } = require('./workloads.js');

/** What the shop's pipeline does: node deploy.js DIR COMPONENT VERSION. Applies the manifests and waits for the rollout. */
async function deploy(directory, component, version) {
  const cluster = clusterOf(readShop(directory).kubeconfig);
  for (const [path, object] of objectsOf(component, version)) await cluster.apply(path, object);
  for (let attempt = 0; !isRolledOut(await cluster.get(pathOf(component))); attempt += 1) {
    if (attempt === 1_200) throw new Error(`${component} ${version} did not roll out within two minutes`);
    await sleep(100);
  }
  console.log(`${component} ${version} is live: every pod was replaced`);
}

/** The conditions of `kubectl rollout status`. */
function isRolledOut({ metadata, spec, status }) {
  const { observedGeneration = 0, replicas, updatedReplicas = 0, availableReplicas = 0 } = status;
  const isLevel = status.updateRevision === status.currentRevision;
  return (
    observedGeneration >= metadata.generation &&
    isLevel &&
    [replicas, updatedReplicas, availableReplicas].every((count) => count === spec.replicas)
  );
}

module.exports = { deploy };

if (require.main === module) {
  deploy(...process.argv.slice(2)).then(
    () => process.exit(0),
    (error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
}
