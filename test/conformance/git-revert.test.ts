import { GitHost } from '../fakes/git-host';
import { conformance, type Scene } from './conformance';

conformance('git-revert', 'a real repository behind file://, with other services in it', () =>
  Promise.resolve(repositoryScene()),
);

function repositoryScene(): Scene {
  const host = new GitHost();
  const file = 'deploy/payments/version';
  host.commit({ 'deploy/orders/version': '7.0.0\n', 'README.md': 'The shop.\n' });
  const put = (version: string, author: 'pipeline' | 'eve' = 'pipeline'): Promise<void> =>
    Promise.resolve(void host.commit({ [file]: `${version}\n` }, author));
  return {
    target: { repository: host.url, paths: ['deploy/payments', 'config/payments.yaml'], timeout: '20s', settle: '5s' },
    good: '2.0.4',
    bad: '2.1.0',
    deploy: (state) => put(state === 'good' ? '2.0.4' : '2.1.0'),
    meddle: () => put('3.0.0', 'eve'),
    snapshot: () => host.snapshot(),
    journal: () => host.statesOf(file),
    close: () => Promise.resolve(host.remove()),
  };
}
