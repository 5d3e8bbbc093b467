import type { RunningPostgres } from '../services/postgres';

/** The settings that the app and the demo's `pipelines/connections.yaml` read, for the embedded services. */
export function appEnvironment(warehouse: Omit<RunningPostgres, 'stop' | 'pid'>): Record<string, string> {
  return {
    SLUICE_ENVIRONMENT: 'local',
    WAREHOUSE_HOST: warehouse.host,
    WAREHOUSE_PORT: String(warehouse.port),
    WAREHOUSE_DATABASE: warehouse.database,
    WAREHOUSE_USER: warehouse.user,
    WAREHOUSE_TLS: 'off',
    SLUICE_SECRET_WAREHOUSE_PASSWORD: warehouse.password,
  };
}
