import { planLevels } from '../../config/plan-levels';
import type { Project } from '../../config/project';
import { referenceIdOf } from '../../model/reference-file';
import { placesOf, type DataPlace } from './pipeline-lineage';

/** Why one pipeline comes after another, or after a file. */
export type EdgeKind = 'dependsOn' | 'lookup' | 'relationships' | 'source';

export interface LineageEdge {
  /** A pipeline, or `file:<path>`. */
  readonly from: string;
  readonly to: string;
  /** `source` where one reads the table or files that the other writes. */
  readonly kinds: readonly EdgeKind[];
}

export interface LineageNode {
  readonly pipeline: string;
  /** 0 for those that depend on none. */
  readonly level: number;
  readonly source: DataPlace;
  readonly target: DataPlace;
}

/** How the pipelines of a project hang together. */
export interface ProjectLineage {
  readonly pipelines: readonly LineageNode[];
  /** Reference files, as `file:<path>`. */
  readonly files: readonly string[];
  readonly edges: readonly LineageEdge[];
}

/** The graph over the pipelines of a project: what waits for what, and what reads what another has published. */
export function projectLineage(project: Project): ProjectLineage {
  const edges = new Map<string, { from: string; to: string; kinds: Set<EdgeKind> }>();
  const add = (from: string, to: string, kind: EdgeKind): void => {
    const key = JSON.stringify([from, to]);
    const edge = edges.get(key) ?? { from, to, kinds: new Set() };
    edges.set(key, edge);
    edge.kinds.add(kind);
  };
  const all = Object.values(project.pipelines);
  for (const pipeline of all) {
    const to = pipeline.pipeline;
    for (const from of pipeline.dependsOn) add(from, to, 'dependsOn');
    for (const step of pipeline.transform) if ('lookup' in step) add(referenceIdOf(step.lookup.from), to, 'lookup');
    for (const check of pipeline.checks) {
      if ('relationships' in check) add(referenceIdOf(check.relationships.to), to, 'relationships');
    }
    for (const other of all) if (other !== pipeline && reads(pipeline, other)) add(other.pipeline, to, 'source');
  }
  const files = [...new Set([...edges.values()].map(({ from }) => from))].filter((id) => id.startsWith('file:'));
  const pipelines = planLevels(project, 'all').flatMap((names, level) =>
    names.flatMap((name): LineageNode[] => {
      const pipeline = project.pipelines[name];
      return pipeline === undefined ? [] : [{ pipeline: name, level, ...placesOf(pipeline) }];
    }),
  );
  const listed = [...edges.values()].map(({ from, to, kinds }) => ({ from, to, kinds: [...kinds] }));
  return { pipelines, files: files.sort(), edges: listed };
}

type AnyPipeline = Project['pipelines'][string];

/** Whether the source of one is the table that another loads, on the same connection. */
function reads({ source }: AnyPipeline, { target }: AnyPipeline): boolean {
  return source.connection === target.connection && source.table !== undefined && source.table === target.table;
}
