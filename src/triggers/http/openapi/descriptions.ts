import type { RouteName } from '../routes';
import { ALERTS } from './descriptions/alerts';
import { AUDIT } from './descriptions/audit';
import { BACKFILLS } from './descriptions/backfills';
import { COST } from './descriptions/cost';
import { CONNECTIONS } from './descriptions/connections';
import { PIPELINES } from './descriptions/pipelines';
import { QUARANTINE } from './descriptions/quarantine';
import { RUNS } from './descriptions/runs';
import { SERVICE } from './descriptions/service';
import { VERSIONS } from './descriptions/versions';
import type { RouteDescription } from './route-description';

/** The description of every route, by its name: one without does not compile. */
export const DESCRIPTIONS: Readonly<Record<RouteName, RouteDescription>> = {
  ...RUNS,
  ...PIPELINES,
  ...BACKFILLS,
  ...QUARANTINE,
  ...CONNECTIONS,
  ...COST,
  ...ALERTS,
  ...AUDIT,
  ...VERSIONS,
  ...SERVICE,
};
