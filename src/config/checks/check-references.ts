import { didYouMean } from '../../model/closest';
import { CONNECTION_KINDS } from '../connection-kinds';
import type { Problem, Project } from '../project';
import { referencesIn } from '../references-in';
import type { PipelineConfig } from '../schema/pipeline';
import type { Place } from '../yaml/located';
import { formatPath, type YamlPath } from '../yaml/yaml-path';
import { checkSourceKind } from './check-source-kind';
import { checkTargetKind } from './check-target-kind';
import { sharedTargets } from './shared-targets';
import { findCycles } from './find-cycles';

/** A project whose references are checked. Names include definitions that are themselves invalid. */
export interface ReferenceContext {
  readonly project: Project;
  readonly pipelineNames: readonly string[];
  readonly connectionNames: readonly string[];
  locate(pipeline: string, path: YamlPath): Place & { readonly value: string | null };
}

/** References between definitions: connections, dependencies and their cycles, lookups, target tables. */
export function checkReferences(context: ReferenceContext): Problem[] {
  const problems: Problem[] = [];
  const pipelines = Object.values(context.project.pipelines);
  for (const pipeline of pipelines) {
    const reporter =
      (severity: Problem['severity']): Report =>
      (path, code, message, fix) => {
        const place = context.locate(pipeline.pipeline, path);
        problems.push({ ...place, path: formatPath(path), code, message, fix, severity });
      };
    const [report, warn] = [reporter('error'), reporter('warning')];
    checkConnections(pipeline, context, report);
    checkTriggerContainer(pipeline, context, warn);
    checkDependencies(pipeline, context, report);
  }
  return [...problems, ...cycleProblems(context), ...sharedTargets(context)];
}

type Report = (path: YamlPath, code: string, message: string, fix: string) => void;

function checkConnections(pipeline: PipelineConfig, context: ReferenceContext, report: Report): void {
  for (const side of ['source', 'target'] as const) {
    const name = pipeline[side].connection;
    if (!context.connectionNames.includes(name)) {
      const fix = didYouMean(name, context.connectionNames, 'connections');
      report([side, 'connection'], 'unknown-connection', `there is no connection '${name}'`, fix);
      continue;
    }
    const kind = context.project.connections[name]?.kind;
    if (kind === undefined) continue;
    const can = CONNECTION_KINDS[kind];
    const fitting = Object.entries(context.project.connections)
      .filter(([, other]) => fits(side, other.kind))
      .map(([other]) => other);
    const fix =
      fitting.length > 0 ? `Use one of: ${fitting.join(', ')}.` : `Define a connection that can be a ${side}.`;
    if (side === 'source' && can.isSource) checkSourceKind(pipeline, kind, report);
    if (!fits(side, kind)) {
      report([side, 'connection'], 'wrong-connection-kind', `a ${kind} connection cannot be a ${side}`, fix);
    } else if (side === 'target') {
      checkTargetKind(pipeline, kind, report);
    }
  }
}

/** A file that arrives in another container starts a run that does not find it. */
function checkTriggerContainer({ source, trigger }: PipelineConfig, { project }: ReferenceContext, warn: Report): void {
  const connection = project.connections[source.connection];
  if (connection?.kind !== 'blob') return;
  for (const kind of ['blob', 'event'] as const) {
    const container = trigger?.[kind]?.path.split('/', 1)[0];
    if (container === undefined || container === connection.container) continue;
    const message = `files that arrive in '${container}' are not read: the source reads '${connection.container}'`;
    warn(['trigger', kind, 'path'], 'trigger-elsewhere', message, `Begin the path with ${connection.container}/.`);
  }
}

function fits(side: 'source' | 'target', kind: keyof typeof CONNECTION_KINDS): boolean {
  return side === 'source' ? CONNECTION_KINDS[kind].isSource : CONNECTION_KINDS[kind].writeDispositions.length > 0;
}

function checkDependencies(pipeline: PipelineConfig, context: ReferenceContext, report: Report): void {
  const others = context.pipelineNames.filter((name) => name !== pipeline.pipeline);
  pipeline.dependsOn.forEach((name, index) => {
    if (pipeline.dependsOn.indexOf(name) < index) {
      report(
        ['dependsOn', index],
        'duplicate-dependency',
        `'${name}' stands twice in dependsOn`,
        'Keep one of the two.',
      );
    } else if (!context.pipelineNames.includes(name)) {
      report(
        ['dependsOn', index],
        'unknown-pipeline',
        `there is no pipeline '${name}'`,
        didYouMean(name, others, 'pipelines'),
      );
    }
  });
  for (const { path, reference: name, what } of referencesIn(pipeline)) {
    // Files need no run before: see `readReferenceFiles`.
    if (typeof name !== 'string') continue;
    if (!context.pipelineNames.includes(name)) {
      report(path, 'unknown-pipeline', `there is no pipeline '${name}'`, didYouMean(name, others, 'pipelines'));
    } else if (!pipeline.dependsOn.includes(name)) {
      const message = `the ${what} reads '${name}', which is not in dependsOn`;
      report(path, 'missing-dependency', message, `Add ${name} to dependsOn, so that it is loaded first.`);
    }
  }
}

function cycleProblems(context: ReferenceContext): Problem[] {
  const { pipelines } = context.project;
  const graph = Object.fromEntries(Object.entries(pipelines).map(([name, { dependsOn }]) => [name, dependsOn]));
  return findCycles(graph).map((cycle) => {
    const [first = '', next = ''] = cycle;
    const path: YamlPath = ['dependsOn', pipelines[first]?.dependsOn.indexOf(next) ?? 0];
    return {
      ...context.locate(first, path),
      path: formatPath(path),
      code: 'dependency-cycle',
      message: `the pipelines depend on each other in a circle: ${cycle.join(' → ')}`,
      fix: 'Remove one of these dependencies.',
      severity: 'error',
    };
  });
}
