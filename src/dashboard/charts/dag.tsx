import { linkTo } from '../router';
import type { Tone } from '../ui/status-badge';

/** A pipeline as a node of the graph. */
export interface DagNode {
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly tone: Tone;
  /** How it stands, in a few words. */
  readonly words: string;
}

const WIDTH = 220;
const HEIGHT = 62;
const GAP_X = 70;
const GAP_Y = 22;

/** Pipelines in levels, each to the right of those that it depends on. The nodes are links; the lines are drawn behind them. */
export function Dag({ nodes }: { readonly nodes: readonly DagNode[] }) {
  const levels = levelsOf(nodes);
  const tallest = Math.max(1, ...levels.map((level) => level.length));
  const places = new Map(
    levels.flatMap((level, column) =>
      level.map(({ name }, row): [string, { x: number; y: number }] => [
        name,
        { x: column * (WIDTH + GAP_X), y: (row + (tallest - level.length) / 2) * (HEIGHT + GAP_Y) },
      ]),
    ),
  );
  const width = levels.length * (WIDTH + GAP_X) - GAP_X;
  const height = tallest * (HEIGHT + GAP_Y) - GAP_Y;
  const edges = nodes.flatMap(({ name, dependsOn }) =>
    dependsOn.flatMap((other) => {
      const [from, to] = [places.get(other), places.get(name)];
      return from === undefined || to === undefined ? [] : [{ id: `${other} ${name}`, from, to }];
    }),
  );
  return (
    <div class="dag" role="group" aria-label="Graph of the pipelines" tabIndex={0}>
      <div style={{ width: `${width}px`, height: `${height}px` }}>
        <svg width={width} height={height} aria-hidden="true">
          {edges.map(({ id, from, to }) => {
            const [x1, y1, x2, y2] = [from.x + WIDTH, from.y + HEIGHT / 2, to.x - 6, to.y + HEIGHT / 2];
            const bend = (x1 + x2) / 2;
            return (
              <g key={id}>
                <path d={`M${x1} ${y1} C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`} />
                <path d={`M${x2 - 5} ${y2 - 5} l6 5 l-6 5`} />
              </g>
            );
          })}
        </svg>
        <ul>
          {nodes.map(({ name, dependsOn, tone, words }) => {
            const { x, y } = places.get(name) ?? { x: 0, y: 0 };
            return (
              <li key={name} style={{ left: `${x}px`, top: `${y}px`, width: `${WIDTH}px`, height: `${HEIGHT}px` }}>
                <a class={`tone-${tone}`} href={linkTo(['pipelines', name])}>
                  <strong>{name}</strong>
                  <span>{words}</span>
                  {dependsOn.length > 0 && <span class="unseen">, after {dependsOn.join(', ')}</span>}
                </a>
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}

function levelsOf(nodes: readonly DagNode[]): DagNode[][] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const depths = new Map<string, number>();
  const depthOf = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    depths.set(name, 0);
    const depth =
      Math.max(-1, ...(byName.get(name)?.dependsOn ?? []).filter((other) => byName.has(other)).map(depthOf)) + 1;
    depths.set(name, depth);
    return depth;
  };
  const levels: DagNode[][] = [];
  for (const node of nodes) (levels[depthOf(node.name)] ??= []).push(node);
  return levels;
}
