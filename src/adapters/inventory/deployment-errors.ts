import { LastgoodError } from '../../domain/errors';
import { shortDigest, type ComponentKey } from '../../domain/identity';

/** The id is taken by something else. */
export function deploymentChanged(environment: string, deployment: string, why: string): LastgoodError {
  return new LastgoodError('DEPLOYMENT_CHANGED', {
    what: `deployment "${deployment}" of ${environment} ${why}`,
    why: 'an id stands for one deployment, so that a repeated call can not change what is recorded',
  });
}

/** `finish` came for what nobody began. */
export function unknownDeployment(environment: string, deployment: string): LastgoodError {
  return new LastgoodError('UNKNOWN_DEPLOYMENT', { what: `no deployment "${deployment}" was begun in ${environment}` });
}

/** A digest that was never recorded for this component. */
export function unknownRelease(component: ComponentKey, digest: string): LastgoodError {
  return new LastgoodError('UNKNOWN_RELEASE', {
    what: `the inventory knows no release ${shortDigest(digest)} of ${component}`,
  });
}
