import path from 'node:path';
import { quoteLiteral } from '../../src/engine/quote-literal';
import type { Release } from '../../src/model/release';
import { fileFacts } from '../../src/steps/file-facts';
import type { InProcessApp } from './in-process-app';

/** What a review would make of the rows that runs quarantined: `rows` is SQL over them, `rows` by name, and gives `_sluice_waived`. */
export async function makeRelease(
  app: InProcessApp,
  asked: {
    readonly pipeline: string;
    readonly runs: readonly string[];
    readonly rows: string;
    readonly id?: string;
    readonly entry?: number;
  },
): Promise<Release> {
  const { pipeline, runs, rows, id = `rel-${runs.join('-')}`, entry = 0 } = asked;
  const { engine, stores } = app.services.activities;
  return engine.use(async (session) => {
    const files: string[] = [];
    for (const runId of runs) {
      const batches = await stores.quarantine.list({ runId, limit: 10 });
      for (const { artifact } of batches) files.push(await stores.artifacts.fetch(artifact, session.scratchFolder));
    }
    const file = path.join(session.scratchFolder, 'release.parquet');
    const from = `read_parquet([${files.map(quoteLiteral).join(', ')}])`;
    const all = `SELECT * EXCLUDE (_sluice_reasons, _sluice_raw) FROM ${from}`;
    await session.run(`COPY (WITH rows AS (${all}) ${rows}) TO ${quoteLiteral(file)} (FORMAT parquet)`);
    const facts = await fileFacts(session, file);
    const place = { runId: runs[0] ?? '', pipeline, step: 'release', partition: null };
    const artifact = await stores.artifacts.putParquet(file, place, facts);
    return { id, pipeline, runs, rows: facts.rows, artifact, entry };
  });
}
