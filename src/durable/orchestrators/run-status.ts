import type { Status } from '../../model/status';

/**
 * The status of a run from those of its pipelines. One that failed makes the run fail, whatever else went well; a run of
 * which nothing was done because other runs were at it is itself skipped.
 */
export function runStatus(pipelines: readonly Status[]): Status {
  if (pipelines.includes('Failed')) return 'Failed';
  if (pipelines.includes('Cancelled')) return 'Cancelled';
  return pipelines.length > 0 && pipelines.every((status) => status === 'Skipped') ? 'Skipped' : 'Succeeded';
}
