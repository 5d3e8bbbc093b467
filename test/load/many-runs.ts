import { setTimeout as sleep } from 'node:timers/promises';
import { loadPipeline, startLoadApp } from './load-app';

/** What many runs at once did. */
export interface ManyRuns {
  readonly runs: number;
  readonly succeeded: number;
  readonly seconds: number;
  /** Connections to the database at once, at most. */
  readonly mostConnections: number;
  /** Of those, partitions that were being staged at most, which the connection limits. */
  readonly limit: number;
  /** Refusals by the database, such as too many clients. */
  readonly refused: number;
  readonly rows: number;
}

const ROWS = 20;

/** So many runs of pipelines of their own, started at the same moment. */
export async function manyRuns(runs: number, limit = 8): Promise<ManyRuns> {
  const load = await startLoadApp(limit);
  try {
    const names = Array.from({ length: runs }, (_, index) => `p${String(index).padStart(4, '0')}`);
    for (const [index, name] of names.entries()) {
      await load.writePipeline(name, loadPipeline(name));
      const lines = Array.from({ length: ROWS }, (__, row) => `${index * ROWS + row},x`);
      await load.land(`${name}/a.csv`, `id,name\n${lines.join('\n')}\n`);
    }
    let mostConnections = 0;
    let watching = true;
    const watch = (async () => {
      for (; watching; await sleep(50)) mostConnections = Math.max(mostConnections, await load.connections());
    })();
    const began = performance.now();
    const ids = await Promise.all(names.map((name) => load.app.start({ pipelines: [name] })));
    const ended = await Promise.all(ids.map((id) => load.app.ended(id, 1800)));
    const seconds = (performance.now() - began) / 1000;
    watching = false;
    await watch;
    let rows = 0;
    for (const name of names) {
      const [row] = await load.app.database.query<{ n: number }>(
        `SELECT count(DISTINCT id)::int AS n FROM mart.${name}`,
      );
      rows += row?.n ?? 0;
    }
    return {
      runs,
      succeeded: ended.filter(({ status }) => status === 'Succeeded').length,
      seconds,
      mostConnections,
      limit,
      refused: [...(await load.app.log()).matchAll(/"code":"target-busy"|too many clients/g)].length,
      rows: rows / ROWS,
    };
  } finally {
    await load.stop();
  }
}
