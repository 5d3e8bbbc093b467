/**
 * The cycles that a walk over a directed graph meets, each as a path that ends where it began:
 * `['a', 'b', 'a']`. Edges to unknown nodes are ignored.
 */
export function findCycles(graph: Readonly<Record<string, readonly string[]>>): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const start of Object.keys(graph)) {
    if (done.has(start)) continue;
    walk(start);
  }
  return cycles;

  // Depth first without recursion: a chain of pipelines may be long.
  function walk(start: string): void {
    const path: string[] = [start];
    const pending: string[][] = [edges(start)];
    const onPath = new Set(path);
    while (path.length > 0) {
      const next = pending.at(-1)?.shift();
      if (next === undefined) {
        const left = path.pop() ?? '';
        pending.pop();
        onPath.delete(left);
        done.add(left);
      } else if (onPath.has(next)) {
        cycles.push([...path.slice(path.indexOf(next)), next]);
      } else if (!done.has(next)) {
        path.push(next);
        pending.push(edges(next));
        onPath.add(next);
      }
    }
  }

  function edges(node: string): string[] {
    return [...new Set(graph[node])].filter((to) => Object.hasOwn(graph, to));
  }
}
