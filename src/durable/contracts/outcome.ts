import type { Failure } from '../../model/failure';

/** What every activity and child orchestration returns: expected failures travel as values, so that class and code survive. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };
