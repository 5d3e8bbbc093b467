import { loadPipeline, startLoadApp } from './load-app';

/** What one run of many partitions did. */
export interface ManyPartitions {
  readonly partitions: number;
  readonly status: string;
  readonly seconds: number;
  readonly loaded: number;
  readonly quarantined: number;
  readonly peakBytes: number;
}

/** One run over so many files, each a partition of three rows, one of which is quarantined. */
export async function manyPartitions(partitions: number): Promise<ManyPartitions> {
  const load = await startLoadApp(16);
  try {
    await load.writePipeline('wide', loadPipeline('wide', partitions));
    for (let first = 0; first < partitions; first += 50) {
      const some = Array.from({ length: Math.min(50, partitions - first) }, (_, index) => first + index);
      await Promise.all(
        some.map((file) =>
          load.land(`wide/${String(file).padStart(5, '0')}.csv`, `id,name\n${file * 2},a\n${file * 2 + 1},b\n-1,c\n`),
        ),
      );
    }
    const began = performance.now();
    const run = await load.app.ended(await load.app.start({ pipelines: ['wide'] }), 3600);
    const seconds = (performance.now() - began) / 1000;
    const [own] = run.pipelines;
    const [row] = await load.app.database.query<{ n: number }>('SELECT count(DISTINCT id)::int AS n FROM mart.wide');
    return {
      partitions: own?.partitions ?? 0,
      status: `${run.status}${own?.failure ? ` ${JSON.stringify(own.failure)}` : ''}`,
      seconds,
      loaded: row?.n ?? 0,
      quarantined: own?.counts.quarantined ?? 0,
      peakBytes: (await load.holdings()).memoryBytes,
    };
  } finally {
    await load.stop();
  }
}
