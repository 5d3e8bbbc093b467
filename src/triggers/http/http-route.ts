import type { HttpMethod } from '@azure/functions';
import type { Role } from '../../model/role';
import type { Route } from './handle';

/** A route of the API. */
export interface HttpRoute {
  readonly name: string;
  readonly method: HttpMethod;
  readonly route: string;
  readonly does: Route;
  /** The least role that may call it; null where everybody may, without a function key. */
  readonly role: Role | null;
  /** Statuses of failures that differ on this route. */
  readonly statuses?: Readonly<Record<string, number>>;
}
