import { reasonOf } from '../../errors/reason-of';
import { toFailure } from '../../errors/to-failure';
import type { Route } from './handle';

/**
 * `GET /api/health`, open to everybody, so it says what is wrong but not where. 503 only when no instance could do better
 * than this one: without storage. A pipelines folder with errors is `degraded`: runs under way go on.
 */
export const health: Route = async ({ stores, project, environment, log, clock }) => {
  const [storage, folder] = await Promise.all([
    stores.cursors.get('health').then(
      () => ({ status: 'healthy', code: null }),
      (error: unknown) => {
        log.warn('storage-unhealthy', { reason: reasonOf(error) });
        return { status: 'unhealthy', code: toFailure(error).code };
      },
    ),
    project.check().then(
      ({ project: usable, problems, pipelines }) => ({
        status: usable === null ? 'degraded' : 'healthy',
        pipelines: Object.keys(pipelines).length,
        errors: problems.filter(({ severity }) => severity === 'error').length,
        warnings: problems.filter(({ severity }) => severity === 'warning').length,
      }),
      (error: unknown) => {
        log.warn('project-unchecked', { reason: reasonOf(error) });
        return { status: 'degraded', pipelines: 0, errors: 1, warnings: 0 };
      },
    ),
  ]);
  const status = storage.status === 'unhealthy' ? 'unhealthy' : folder.status;
  return {
    status: status === 'unhealthy' ? 503 : 200,
    jsonBody: { status, environment, at: clock.now(), checks: { storage, pipelines: folder } },
  };
};
