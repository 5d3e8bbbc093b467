import { writeFile } from 'node:fs/promises';
import type { Manifest } from '../../../src/connectors/targets/blob/manifest';
import type { RunRecord } from '../../../src/durable/contracts/run-record';
import type { Combination } from './combinations';
import type { World } from './world';

/** What a run left, without what differs from run to run (ids, times, nonces): equal after every recovery. */
export type State = Readonly<Record<string, unknown>>;

/** Rows, ledger, watermark, quarantine, artifacts and records of a pipeline, as anybody could look them up. */
export async function stateOf(
  world: World,
  { target }: Combination,
  pipeline: string,
  runs: readonly RunRecord[],
): Promise<State> {
  const state = {
    ...(await targetState(world, target.kind, pipeline)),
    watermark: await watermarkOf(world, pipeline),
    quarantine: await Promise.all(runs.map(({ runId }) => quarantineOf(world, runId, pipeline))),
    artifacts: await Promise.all(runs.map(({ runId }) => artifactsOf(world, runId, pipeline))),
    runs: runs.map(({ status, counts, failure, pipelines }) => ({
      status,
      counts,
      failure,
      pipelines: pipelines.map(({ status: own, reason, counts: rows, balanced, partitions, steps }) => {
        return { own, reason, rows, balanced, partitions, steps: steps.map(({ step, rows: of }) => [step, of]) };
      }),
    })),
  };
  return normalised(state, pipeline) as State;
}

/** The names of the parts that differ, with what they were and are. */
export function differencesOf(clean: State, state: State): string[] {
  return Object.keys({ ...clean, ...state }).flatMap((part) => {
    const [was, is] = [JSON.stringify(clean[part]), JSON.stringify(state[part])];
    if (was === is) return [];
    let at = 0;
    while (was?.[at] === is?.[at]) at += 1;
    const around = (text: string | undefined): string => (text ?? '').slice(Math.max(0, at - 60), at + 140);
    return [`${part}: ...${around(is)}... instead of ...${around(was)}...`];
  });
}

async function targetState(world: World, kind: 'postgres' | 'blob' | 'tables', pipeline: string): Promise<State> {
  switch (kind) {
    case 'postgres':
      return postgresState(world, pipeline);
    case 'blob':
      return blobState(world, pipeline);
    case 'tables':
      return tablesState(world, pipeline);
  }
}

async function postgresState(world: World, pipeline: string): Promise<State> {
  const rows = await world.app.database.query(
    `SELECT to_jsonb(t) - '_sluice_load' - 'valid_from' - 'valid_to' AS row, dense_rank() OVER (ORDER BY _sluice_load) AS load,
       to_jsonb(t) ->> 'valid_to' IS NULL AS open FROM mart.${pipeline} t ORDER BY 1, 2, 3`,
  );
  const ledger = await world.app.database.query(
    `SELECT write_disposition, slice, counts, row_count, checksums, verifications, changes, undone_by
       FROM sluice.sluice_ledger WHERE pipeline = $1 ORDER BY load`,
    [pipeline],
  );
  const [staging] = await world.app.database.query(
    `SELECT count(*)::int AS tables FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'sluice_staging' AND relkind = 'r' AND relname !~ '^[bg]_[0-9]+$'
        AND obj_description(c.oid, 'pg_class') LIKE '%"${pipeline}"%'`,
  );
  const indexes = await world.app.database.query(
    `SELECT indexdef FROM pg_indexes WHERE schemaname = 'mart' AND tablename = $1 ORDER BY 1`,
    [pipeline],
  );
  return { rows, ledger, staging, indexes };
}

async function blobState(world: World, pipeline: string): Promise<State> {
  const blobs = await world.blobs('lake', `mart/${pipeline}/`);
  const text = blobs.get(`mart/${pipeline}/_sluice/manifest.json`)?.toString() ?? 'null';
  const manifest = JSON.parse(text) as Manifest | null;
  if (manifest === null) return { rows: null, ledger: null };
  const rows: unknown[] = [];
  for (const { name, load } of manifest.files) {
    const file = world.scratch('target.parquet');
    const content = blobs.get(`mart/${pipeline}/${name}`);
    if (content === undefined) rows.push(`${name} is missing`);
    else {
      await writeFile(file, content);
      const rank = manifest.loads.findIndex((one) => one.load === load);
      for (const row of await world.query(`FROM '${file}'`)) rows.push({ ...row, rank });
    }
  }
  const ledger = manifest.loads.map(({ slice, counts, rows: loaded, writeDisposition, changes, verifications }) => {
    return { slice, counts, loaded, writeDisposition, changes, verifications };
  });
  const retired = manifest.retired.map((file) => file.rows).toSorted((a, b) => a - b);
  return { rows: sortedByText(rows), ledger, retired };
}

async function tablesState(world: World, pipeline: string): Promise<State> {
  const entities = await world.entities(`target${pipeline}`);
  const loads = await world.entities('sluiceledger', `PartitionKey eq '${pipeline}'`);
  const ledger = loads.map((load) => {
    const { slice, counts, rows, checksums } = JSON.parse(String(load['json0'])) as Record<string, unknown>;
    return { slice, counts, rows, checksums };
  });
  return { rows: sortedByText(entities), ledger };
}

async function watermarkOf(world: World, pipeline: string): Promise<unknown> {
  const found = await world.entities('sluicewatermarks', `PartitionKey eq '${pipeline}'`);
  const loads = [...new Set(found.map(({ load }) => Number(load)))].toSorted((a, b) => a - b);
  return sortedByText(
    found.map(({ rowKey, path, bytes, value, load, removed }) => {
      return { head: rowKey === 'head', path, bytes, value, removed, load: loads.indexOf(Number(load)) };
    }),
  );
}

async function quarantineOf(world: World, runId: string, pipeline: string): Promise<unknown> {
  const { json } = await world.app.request('GET', `/api/quarantine?runId=${runId}&pipeline=${pipeline}&limit=100`);
  const rows: unknown[] = [];
  for (const batch of json.batches) {
    const page = await world.app.request('GET', `/api/quarantine/${batch.batch}/rows?limit=1000`);
    if (page.status !== 200) rows.push(page.json);
    else for (const { id: row, values, reasons } of page.json.rows) rows.push({ row, values, reasons });
  }
  return sortedByText(rows);
}

/** Every seal of the run: that its artifacts are there, and what they hold. An attempt that was lost may have left others. */
async function artifactsOf(world: World, runId: string, pipeline: string): Promise<unknown> {
  const blobs = await world.blobs('work', `runs/${runId}/${pipeline}/`);
  const seals = new Set<string>();
  for (const [name, content] of blobs) {
    const step = /\/(extract|transform|stage)\/[0-9a-f]{64}\.json$/.exec(name)?.[1];
    if (step === undefined) continue;
    const text = content.toString();
    const whole = [...text.matchAll(/"path":"(runs\/[^"]+\.parquet)","bytes":(\d+)/g)].every(([, path, bytes]) => {
      return blobs.get(path ?? '')?.length === Number(bytes);
    });
    const facts = text.replace(/"path":"runs[^"]*"|"bytes":\d+|"sha256":"[0-9a-f]+"/g, '');
    seals.add(`${step} ${whole ? 'whole' : 'BROKEN'} ${facts}`);
  }
  return [...seals].toSorted();
}

const CHANGING = new Set(['etag', 'etagOfFile', 'modifiedAt', 'startedAt', 'endedAt', 'sha256']);

/** Leaves out what is another in each run. */
function normalised(value: unknown, pipeline: string): unknown {
  if (typeof value === 'string') return normalisedText(value, pipeline);
  if (Array.isArray(value)) return value.map((one) => normalised(one, pipeline));
  if (typeof value !== 'object' || value === null) return value;
  const isArtifact = 'sha256' in value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const changes = CHANGING.has(key) || (isArtifact && key === 'bytes');
      return [key, changes && inner !== null ? '?' : normalised(inner, pipeline)];
    }),
  );
}

function normalisedText(text: string, pipeline: string): string {
  return text
    .replaceAll(new RegExp(`\\b(source|target)?${pipeline}\\b`, 'g'), '$1P')
    .replaceAll(new RegExp(`${pipeline}_(key|idx)_[0-9a-f]+`, 'g'), 'P_$1')
    .replaceAll(/run-[0-9a-f]{8,}/g, 'run-?')
    .replaceAll(/-[0-9a-f]{16}\.parquet/g, '-?.parquet');
}

function sortedByText(values: readonly unknown[]): unknown[] {
  return values.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
