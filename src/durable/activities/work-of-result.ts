import { NO_WORK, type WorkDone } from '../../model/usage';
import type { ExtractResult, PlanResult, PublishOutcome, TransformResult } from '../contracts/activities';
import { ACTIVITIES, type ActivityName } from '../contracts/names';

/** What an activity did for what it cost, told from its result. */
export function workOfResult(name: ActivityName, result: unknown): WorkDone {
  switch (name) {
    case ACTIVITIES.planPipeline:
      return { ...NO_WORK, upToDate: (result as PlanResult).outcome === 'up-to-date' };
    case ACTIVITIES.extractPartition:
      return { ...NO_WORK, partitions: 1, bytes: (result as ExtractResult).artifact.bytes };
    case ACTIVITIES.transformPartition: {
      const { lookups = [] } = result as TransformResult;
      const sum = (key: 'cacheHits' | 'cacheMisses'): number => lookups.reduce((total, one) => total + one[key], 0);
      return { ...NO_WORK, cacheHits: sum('cacheHits'), cacheMisses: sum('cacheMisses') };
    }
    case ACTIVITIES.publish:
      return { ...NO_WORK, rows: (result as PublishOutcome).rows };
    default:
      return NO_WORK;
  }
}
