import type { Project } from '../../config/project';

/** A subscription of Event Grid that starts a pipeline. */
export interface EventSubscription {
  /** The function of the app. */
  readonly function: string;
  readonly kind: 'event' | 'blob';
  /** https://learn.microsoft.com/azure/event-grid/event-filtering#subject-filtering */
  readonly subjectBeginsWith: string;
  /** Empty where any end will do. */
  readonly subjectEndsWith: string;
}

/** What Event Grid has to be told, by the triggers of the pipelines. */
export function eventSubscriptions({ pipelines }: Pick<Project, 'pipelines'>): EventSubscription[] {
  return Object.values(pipelines).flatMap(({ pipeline, trigger }) => [
    ...(trigger?.event === undefined ? [] : [subscription('event', pipeline, trigger.event.path)]),
    ...(trigger?.blob === undefined ? [] : [subscription('blob', pipeline, trigger.blob.path)]),
  ]);
}

/** A filter knows no patterns: what lets more through than the path means is passed over by the trigger itself. */
function subscription(kind: 'event' | 'blob', pipeline: string, path: string): EventSubscription {
  const slash = path.indexOf('/');
  const [container, name] = [path.slice(0, slash), path.slice(slash + 1)];
  const [first = ''] = name.split('{', 1);
  const last = first === name ? name : name.slice(name.lastIndexOf('}') + 1);
  return {
    function: `${kind}-${pipeline}`,
    kind,
    subjectBeginsWith: `/blobServices/default/containers/${container}/blobs/${first}`,
    subjectEndsWith: last,
  };
}
