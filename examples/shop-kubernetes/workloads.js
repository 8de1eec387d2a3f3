const { createHash } = require('node:crypto');

const namespace = 'shop';

/** What the pipeline applies for one component in one version, in this order: path on the API server and the object. */
function objectsOf(component, version) {
  const { kind, apiVersion, plural, size, extra = {}, settings } = components[component];
  const labels = { app: component };
  const metadata = { name: component, namespace };
  const container = {
    name: component,
    image: imageOf(component, version),
    ...(settings === undefined ? {} : { envFrom: [{ configMapRef: { name: settings } }] }),
  };
  const spec = {
    replicas: size,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container] } },
    ...extra,
  };
  const workload = [
    `/apis/apps/v1/namespaces/${namespace}/${plural}/${component}`,
    { apiVersion, kind, metadata, spec },
  ];
  if (settings === undefined) return [workload];
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: settings, namespace },
    data: settingsOf(version),
  };
  return [[`/api/v1/namespaces/${namespace}/configmaps/${settings}`, config], workload];
}

/** The image by its digest. Nobody pulls it: no container is started. */
function imageOf(component, version) {
  return `shop/${component}:${version}@${digestOf(component, version)}`;
}

function digestOf(component, version) {
  return `sha256:${createHash('sha256').update(`${component} ${version}`).digest('hex')}`;
}

/** Payments 2 pays through `/v2/orders`, and its settings say so. */
function settingsOf(version) {
  return { RELEASE: version, ORDERS_PATH: version.startsWith('1.') ? '/orders' : '/v2/orders' };
}

/** Where the API server keeps the workload of a component. */
function pathOf(component) {
  return objectsOf(component, '0').at(-1)[0];
}

const components = {
  orders: {
    kind: 'StatefulSet',
    apiVersion: 'apps/v1',
    plural: 'statefulsets',
    size: 2,
    extra: { serviceName: 'orders' },
  },
  payments: {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    plural: 'deployments',
    size: 3,
    settings: 'payments-settings',
  },
};

module.exports = { digestOf, namespace, objectsOf, pathOf };
