import {
  isGrpcDeadlineError,
  isGrpcServiceError,
  WorkflowFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, NamespaceNotFoundError, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import { LastgoodError } from '../domain/errors';
import { carriedError } from './carried-error';

/** Which server was asked. */
export interface TemporalPlace {
  readonly address: string;
  readonly namespace: string;
}

/** gRPC status codes (google.rpc.Code) that mean something to people. */
const invalidArgument = 3;
const permissionDenied = 7;
const failedPrecondition = 9;
const unavailable = 14;
const unauthenticated = 16;

/** What went wrong with a call to Temporal, in the house wording. What it says about one workflow passes unchanged. */
export function temporalFault(thrown: unknown, place: TemporalPlace): unknown {
  if (thrown instanceof LastgoodError) return thrown;
  if (thrown instanceof WorkflowFailedError) return workflowFault(thrown);
  if (thrown instanceof NamespaceNotFoundError)
    return new LastgoodError('SETTINGS_INVALID', {
      what: `the Temporal server at ${place.address} has no namespace "${place.namespace}"`,
      next: 'create it, or correct TEMPORAL_NAMESPACE',
    });
  const status = grpcStatus(thrown);
  if (status === undefined) return isDeadline(thrown) ? unreachable(place.address, thrown) : thrown;
  return statusFault(status, thrown, place);
}

/** Did the time for an answer run out? */
export function isDeadline(thrown: unknown): boolean {
  return isGrpcDeadlineError(thrown) || thrown instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
}

/** The server does not answer. */
export function unreachable(address: string, thrown: unknown): LastgoodError {
  const why = reasonOf(thrown);
  return new LastgoodError(
    'TEMPORAL_UNREACHABLE',
    { what: `Temporal does not answer at ${address}`, why },
    { cause: thrown },
  );
}

function statusFault({ code, details }: GrpcStatus, thrown: unknown, place: TemporalPlace): unknown {
  switch (code) {
    case unavailable:
      return unreachable(place.address, thrown);
    case failedPrecondition:
      if (!/poller/i.test(details)) return thrown;
      return new LastgoodError('WORKER_SILENT', { what: 'no worker has asked for work lately', why: details });
    case permissionDenied:
    case unauthenticated:
      return new LastgoodError('TEMPORAL_UNREACHABLE', {
        what: `Temporal at ${place.address} refuses us`,
        why: details,
        next: 'correct TEMPORAL_API_KEY or the TEMPORAL_TLS settings',
      });
    case invalidArgument:
      if (!/search ?attribute/i.test(details)) return thrown;
      return new LastgoodError('SETTINGS_INVALID', {
        what: `the Temporal namespace "${place.namespace}" does not know the search attributes of Lastgood`,
        why: details,
        next: 'create them as docs/operating.md says',
      });
    default:
      return thrown;
  }
}

/** A workflow that failed: an activity's error that people can act on, or an end from outside. */
function workflowFault(thrown: WorkflowFailedError): unknown {
  for (let cause: unknown = thrown.cause; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return carriedError(cause.message);
    if (cause instanceof TerminatedFailure) return cutOff(`it was terminated in Temporal: ${cause.message}`);
    if (cause instanceof TimeoutFailure) return cutOff('its time in Temporal was over');
  }
  return thrown;
}

function cutOff(why: string): LastgoodError {
  return new LastgoodError('ROLLBACK_CUT_OFF', { what: 'the workflow was ended from outside', why });
}

interface GrpcStatus {
  readonly code: number;
  readonly details: string;
}

function grpcStatus(thrown: unknown): GrpcStatus | undefined {
  for (let cause = thrown; cause instanceof Error; cause = cause.cause) {
    if (isGrpcServiceError(cause)) return { code: cause.code, details: cause.details };
  }
  return undefined;
}

/** The innermost reason, on one line. */
function reasonOf(thrown: unknown): string {
  let reason = thrown;
  while (reason instanceof Error && reason.cause instanceof Error) reason = reason.cause;
  const text = reason instanceof Error ? reason.message : String(reason);
  return text.split('\n')[0] ?? '';
}
