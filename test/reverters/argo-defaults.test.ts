import type { JsonObject } from '../../src/domain/json';
import { withoutDefaults } from '../../src/reverters/parts/argo-defaults';

const podWith = (container: JsonObject): JsonObject => ({ metadata: {}, spec: { containers: [container] } });

it.each([
  ['shop/payments:2.0.4', 'IfNotPresent', true],
  ['shop/payments:2.0.4', 'Always', false],
  ['shop/payments:latest', 'Always', true],
  ['shop/payments', 'Always', true],
  ['registry:5000/payments', 'Always', true],
  ['shop/payments@sha256:0123', 'IfNotPresent', true],
])('image %s with the pull policy %s: left out when it is the default', (image, imagePullPolicy, isDefault) => {
  const bare = podWith({ image });
  expect(withoutDefaults(podWith({ image, imagePullPolicy }))).toEqual(
    isDefault ? bare : podWith({ image, imagePullPolicy }),
  );
});

it('keeps what people set to another value than the default', () => {
  const template = podWith({
    image: 'a:1',
    ports: [{ containerPort: 80, protocol: 'UDP' }],
    livenessProbe: { httpGet: { path: '/', port: 80, scheme: 'HTTPS' }, timeoutSeconds: 5 },
    terminationMessagePolicy: 'FallbackToLogsOnError',
  });
  expect(withoutDefaults(template)).toEqual(template);
});
