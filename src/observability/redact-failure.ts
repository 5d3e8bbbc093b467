import type { Failure } from '../model/failure';
import { redact } from './redact';

/** A failure as it may be kept: messages of servers may repeat what they were sent. */
export function redactFailure(failure: Failure): Failure {
  return { ...failure, message: redact(failure.message), causes: failure.causes.map(redact) };
}
