const { readFileSync } = require('node:fs');
const { request } = require('node:https');
const { createInterface } = require('node:readline');

/** A client of one API server, without dependencies: of a kubeconfig in JSON with a token, as the cluster of the demo writes it. */
function clusterOf(kubeconfig) {
  const { clusters, users, contexts, 'current-context': current } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
  const { context } = contexts.find(({ name }) => name === current);
  const { cluster } = clusters.find(({ name }) => name === context.cluster);
  const { user } = users.find(({ name }) => name === context.user);
  const options = {
    ca: readFileSync(cluster['certificate-authority']),
    headers: { authorization: `Bearer ${user.token}` },
  };
  return {
    get: (path) => exchange(cluster.server + path, { ...options, method: 'GET' }),
    /** Server-side apply, as `kubectl apply --server-side`: makes the object or changes it to what is written. */
    apply: (path, object) =>
      exchange(`${cluster.server}${path}?fieldManager=deploy&force=true`, {
        ...options,
        method: 'PATCH',
        headers: { ...options.headers, 'content-type': 'application/apply-patch+yaml' },
        body: JSON.stringify(object),
      }),
    /** Hands over every object there is and every change of one, until the server ends it; then from the start. */
    follow: (path, seen) => follow(cluster.server + path, options, seen),
  };
}

function exchange(url, { body, ...options }) {
  return new Promise((resolve, reject) => {
    const call = request(url, options, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      const answer = JSON.parse(Buffer.concat(chunks).toString());
      if (response.statusCode < 300) resolve(answer);
      else reject(new Error(`${options.method} ${url}: ${answer.message}`));
    });
    call.once('error', reject);
    call.end(body);
  });
}

function follow(url, options, seen) {
  const again = () => setTimeout(() => follow(url, options, seen), 200);
  const call = request(`${url}?watch=1&timeoutSeconds=3600`, options, (response) => {
    createInterface(response).on('line', (line) => seen(JSON.parse(line)));
    response.once('close', again);
  });
  call.once('error', again);
  call.end();
}

module.exports = { clusterOf };
