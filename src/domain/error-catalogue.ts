/** One kind of error: what it means, what to do, and how machines must treat it. */
export interface ErrorKind {
  readonly meaning: string;
  readonly remedy: string;
  /** True: the same call may succeed later by itself, so activities retry it within the layer's limits. */
  readonly retryable: boolean;
  /** Exit code of a command that ends with it (2 bad input · 3 refused · 5 failed part-way · 7 server unreachable). */
  readonly exit: 2 | 3 | 5 | 7;
}

const badInput = { retryable: false, exit: 2 } as const;
const refused = { retryable: false, exit: 3 } as const;
const failed = { retryable: false, exit: 5 } as const;
const unreachable = { retryable: true, exit: 7 } as const;
const flaky = { retryable: true, exit: 5 } as const;

/** Every error code of the product; `docs/errors.md` is generated from this table, which is one however long. Sorted within each group. */
export const errorCatalogue = {
  // catalog
  CATALOG_DUPLICATE: {
    ...badInput,
    meaning: 'The same key or id is defined twice.',
    remedy: 'keep one of the two definitions',
  },
  CATALOG_INVALID: {
    ...badInput,
    meaning: 'A catalog value has the wrong type or shape.',
    remedy: 'write what the message asks for, then: lastgood catalog check PATH',
  },
  CATALOG_NOT_FOUND: {
    ...badInput,
    meaning: 'No catalog describes this environment.',
    remedy: 'set LASTGOOD_CATALOG on the worker to the file or directory that does',
  },
  CATALOG_NOT_SUPPORTED: {
    ...badInput,
    meaning: 'The key belongs to a feature that is not built yet.',
    remedy: 'remove the key; it would have no effect',
  },
  CATALOG_TOO_LARGE: {
    ...badInput,
    meaning: 'The catalog is larger than the limit.',
    remedy: 'split the environment or remove what is generated',
  },
  CATALOG_UNKNOWN_COMPONENT: {
    ...badInput,
    meaning: 'A rule, dependency, flag or command names a component that the catalog does not define.',
    remedy: 'fix the name, then: lastgood catalog check PATH',
  },
  CATALOG_UNKNOWN_KEY: {
    ...badInput,
    meaning: 'The catalog has a key that means nothing.',
    remedy: 'remove or correct the key',
  },
  CATALOG_UNKNOWN_LAYER: {
    ...badInput,
    meaning: 'No reverter knows this layer.',
    remedy: 'use one of the layers in docs/layers.md',
  },
  CATALOG_YAML: {
    ...badInput,
    meaning: 'The file is not YAML that Lastgood accepts.',
    remedy: 'correct the line that is named',
  },
  // requests and settings
  BAD_REQUEST: { ...badInput, meaning: 'A request is malformed.', remedy: 'see the command with --help' },
  MANIFEST_INVALID: {
    ...badInput,
    meaning: 'A release manifest has the wrong shape.',
    remedy: 'write what the message asks for',
  },
  SETTINGS_INVALID: {
    ...badInput,
    meaning: 'A setting or environment variable is malformed.',
    remedy: 'correct the setting',
  },
  UNKNOWN_DEPLOYMENT: {
    ...badInput,
    meaning: 'No deployment with this id was begun.',
    remedy: 'record it first: lastgood release begin -f MANIFEST',
  },
  UNKNOWN_RELEASE: {
    ...badInput,
    meaning: 'The inventory knows no such release.',
    remedy: 'see what is known: lastgood history ENV',
  },
  UNKNOWN_ROLLBACK: { ...badInput, meaning: 'There is no such rollback.', remedy: 'see all: lastgood list' },
  // refusals
  DEPLOYMENT_CHANGED: {
    ...refused,
    meaning: 'The deployment id was begun before with another content.',
    remedy: 'use a new deployment id',
  },
  DEPLOYMENT_RUNNING: {
    ...refused,
    meaning: 'A pipeline deploys what is about to be reverted.',
    remedy: 'wait for its end, or add --preempt',
  },
  GATE_REFUSED: { ...refused, meaning: 'The release may not be promoted.', remedy: 'see why in the message' },
  KEY_IN_USE: {
    ...refused,
    meaning: 'A rollback with this key is open for another request.',
    remedy: 'watch it, or use another --key',
  },
  LOCK_HELD: {
    ...refused,
    meaning: 'Another rollback holds a component of this plan.',
    remedy: 'wait for the holder, or stop it',
  },
  FENCE_LOST: {
    ...refused,
    meaning: 'This rollback no longer holds the lock it writes under.',
    remedy: 'see who holds it now: lastgood list',
  },
  WRITES_FROZEN: {
    retryable: true,
    exit: 3,
    meaning: 'Somebody has stopped every write of every rollback.',
    remedy: 'see who said so and why: lastgood freeze-writes',
  },
  // planning
  FACTS_INVALID: {
    ...badInput,
    meaning: 'The facts handed to the planner are malformed or contradict themselves.',
    remedy: 'correct the named fact',
  },
  GROUP_NEEDS_MECHANISM: {
    ...refused,
    meaning: 'Components must move together and the catalog names no mechanism for that.',
    remedy: 'name a mechanism under groups, or a flag that waives one of the rules',
  },
  // layers
  ARTIFACT_CHANGED: {
    ...failed,
    meaning: 'The artifact to go back to is not the one that was recorded.',
    remedy: 'restore the recorded artifact, or choose another release with --to',
  },
  ARTIFACT_MISSING: {
    ...failed,
    meaning: 'The artifact to go back to is not there.',
    remedy: 'put it back, or choose another release with --to',
  },
  CAPTURE_MISSING: {
    ...failed,
    meaning: 'The captured state that a step needs is not in the inventory.',
    remedy: 'choose another release with --to',
  },
  CAPTURE_TOO_LARGE: {
    ...failed,
    meaning: 'The state to capture is larger than the inventory keeps.',
    remedy: 'make the layer smaller, or keep what is large outside of it',
  },
  CAPTURE_UNREADABLE: {
    ...failed,
    meaning: 'A captured state can not be decrypted.',
    remedy: 'start the worker with the LASTGOOD_CAPTURE_KEY it was written with',
  },
  COMMAND_BAD_OUTPUT: {
    ...failed,
    meaning: 'A command did not print the JSON that it must print.',
    remedy: 'run the command by hand and correct its output',
  },
  COMMAND_FAILED: { ...flaky, meaning: 'A command ended with an error.', remedy: 'read its last lines in the message' },
  COMMAND_NOT_FOUND: {
    ...failed,
    meaning: 'A command of the catalog can not be started.',
    remedy: 'install it on the worker, or correct the catalog',
  },
  COMMAND_TIMED_OUT: {
    ...flaky,
    meaning: 'A command did not end within its time limit and was killed with its children.',
    remedy: 'find out why it hangs, or raise its timeout',
  },
  DRIFT: {
    ...refused,
    meaning: 'A layer is neither where the plan starts nor where it leads.',
    remedy: 'plan again; what was approved no longer fits',
  },
  FILE_FAILED: {
    ...flaky,
    meaning: 'A file or link of a layer can not be read or written.',
    remedy: 'correct its owner, its mode or the disk on the worker',
  },
  GIT_DENIED: {
    ...failed,
    meaning: 'A git server does not have the repository, or does not let the worker in.',
    remedy: 'correct the URL or the credentials in the catalog',
  },
  GIT_REFUSED: {
    ...failed,
    meaning: 'A git server refused the commit of a revert: the branch is protected, or a hook said no.',
    remedy: 'let the worker push there, or give the layer `pullRequests`, then: lastgood retry ROLLBACK UNIT',
  },
  GIT_UNREACHABLE: {
    ...unreachable,
    meaning: 'A git server could not be reached or did not answer in time.',
    remedy: 'look at the server and the network',
  },
  HTTP_BAD_ANSWER: {
    ...flaky,
    meaning: 'A service answered with something that can not be used.',
    remedy: 'look at the service',
  },
  HTTP_REFUSED: {
    ...failed,
    meaning: 'A service refused the request (4xx).',
    remedy: 'correct the URL or the credentials in the catalog',
  },
  HTTP_UNREACHABLE: {
    ...unreachable,
    meaning: 'A service could not be reached or did not answer in time.',
    remedy: 'look at the service and the network',
  },
  KUBERNETES_CONFLICT: {
    ...flaky,
    meaning: 'A Kubernetes object was changed by somebody else at the same moment.',
    remedy: 'nothing; it is read again and compared before the next write',
  },
  KUBERNETES_DENIED: {
    ...failed,
    meaning: 'The API server does not let the worker do this.',
    remedy: 'give its account the verb that the message names; docs/layers/kubernetes.md lists them all',
  },
  KUBERNETES_REFUSED: {
    ...failed,
    meaning: 'The API server refused a change: validation, quota or an admission policy.',
    remedy: 'read its reason in the message, correct it there, then: lastgood retry ROLLBACK UNIT',
  },
  KUBERNETES_UNKNOWN_KIND: {
    ...failed,
    meaning: 'The API server has no objects of this kind.',
    remedy: 'install its CustomResourceDefinition, or correct the catalog',
  },
  KUBERNETES_UNREACHABLE: {
    ...unreachable,
    meaning: 'An API server could not be reached, did not answer in time, or asks to wait.',
    remedy: 'look at the cluster, the kubeconfig and the network',
  },
  OBJECT_MISSING: {
    ...failed,
    meaning: 'The object that a layer names is not there.',
    remedy: 'correct the target in the catalog, or deploy the object again',
  },
  OWNED_ELSEWHERE: {
    ...failed,
    meaning: 'A tool that puts its own state back owns an object that was to be reverted.',
    remedy: 'revert it where that tool takes it from (docs/layers/kubernetes.md), then ask for a new plan',
  },
  NOT_SETTLED: {
    ...failed,
    meaning: 'A layer accepted the target but does not run it.',
    remedy: 'look at the layer, then: lastgood retry ROLLBACK UNIT',
  },
  CHECKS_WORSE: {
    ...failed,
    meaning: 'A check is worse in the middle of a gradual shift than it was before; the rest has not begun.',
    remedy: 'look at the component; to go on nevertheless: lastgood retry ROLLBACK UNIT',
  },
  PRECONDITION_FAILED: {
    ...flaky,
    meaning: 'Somebody changed the layer between our read and our write.',
    remedy: 'it is observed again by itself',
  },
  SIDE_NOT_READY: {
    ...flaky,
    meaning: 'The side that traffic should come back to has fewer ready pods than wanted.',
    remedy: 'bring its pods up; the step is tried again, or: lastgood retry ROLLBACK UNIT',
  },
  SECRET_MISSING: {
    ...failed,
    meaning: 'A secretRef of the catalog can not be resolved on this worker.',
    remedy: 'set the variable or the file on the worker',
  },
  UPDATER_ACTIVE: {
    ...failed,
    meaning: 'An image updater or a generator would put the bad release back over a revert.',
    remedy: 'suspend it as the message says, then: lastgood retry ROLLBACK UNIT',
  },
  // servers
  DATABASE_UNREACHABLE: {
    ...unreachable,
    meaning: 'The inventory (PostgreSQL) can not be reached.',
    remedy: 'check LASTGOOD_DATABASE_URL, or start: lastgood dev',
  },
  DATABASE_SCHEMA: {
    ...badInput,
    meaning: 'The schema of the inventory does not fit this version.',
    remedy: 'run: lastgood migrate',
  },
  SERVER_NOT_AVAILABLE: {
    ...unreachable,
    meaning: 'A server that is needed can neither be found nor built.',
    remedy: 'install what the message names',
  },
  TEMPORAL_UNREACHABLE: {
    ...unreachable,
    meaning: 'The Temporal server can not be reached.',
    remedy: 'check TEMPORAL_ADDRESS, or start: lastgood dev',
  },
  WORKER_SILENT: { ...unreachable, meaning: 'No worker answered in time.', remedy: 'start one: lastgood worker' },
  // the rest
  INTERNAL: {
    ...flaky,
    meaning: 'Something happened that Lastgood has no name for.',
    remedy: 'report it with the text of this message',
  },
  ROLLBACK_CUT_OFF: {
    ...failed,
    meaning: 'The workflow of a rollback was ended in Temporal, so nobody finishes what it began.',
    remedy: 'see what is live, then roll back again: lastgood check ENV COMPONENT',
  },
} as const satisfies Record<string, ErrorKind>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCatalogue;
