import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { quoteLiteral } from '../../../engine/quote-literal';
import { VerificationFailedError } from '../../../errors/verification-failed-error';
import type { RelationFacts, StageRequest } from '../../../steps/load/target';
import { dataFolder, hiveFolders, recordName, stagingArea } from './blob-paths';
import { ROW_COLUMNS } from './file-text';
import type { FolderStore } from './folder-store';
import type { DataFile } from './manifest';
import { readManifest } from './manifest-store';
import { fileEnding, outputFormat, type OutputFormat } from './output-format';
import { selectFiles } from './read-files';
import { relationFacts } from './relation-facts';
import { writeFiles } from './write-files';

/** What staging keeps of a partition, as a blob. */
export interface StagedRecord {
  readonly runId: string;
  readonly pipeline: string;
  readonly partition: number;
  readonly facts: RelationFacts;
  readonly format: OutputFormat;
  readonly columns: readonly string[];
  readonly files: readonly DataFile[];
  /** The mark that the area had when staging began; null when it had none. */
  readonly mark: string | null;
}

/**
 * Writes a partition as files, reads them back and holds them against the rows, uploads them under names of their own, and keeps a record
 * that names them. Doing it again makes other files; the record that was written last counts.
 */
export async function stageFiles(
  store: FolderStore,
  request: StageRequest,
  connection: string,
): Promise<RelationFacts> {
  const { runId, pipeline, partition, target, columns, file, engine, checksumColumns = [] } = request;
  const area = stagingArea(runId, pipeline);
  const mark = (await readManifest(store)).manifest.discarded[area]?.id ?? null;
  const format = outputFormat(target);
  const all = [...columns, ...ROW_COLUMNS];
  const names = all.map(({ name }) => name);
  const expected = await relationFacts(
    engine,
    `SELECT * FROM read_parquet(${quoteLiteral(file)})`,
    columns,
    checksumColumns,
  );
  const local = await writeFiles(engine, file, target, columns, connection);
  const folders = new Set(local.map((written) => dirname(written.file)));
  try {
    const group = { files: local.map((written) => written.file), format, columns: names };
    const facts = await relationFacts(engine, selectFiles([group], all), columns, checksumColumns);
    refuseDifference(expected, facts, partition, connection);
    const folder = dataFolder(area, partition, randomUUID());
    const files: DataFile[] = [];
    for (const [index, written] of local.entries()) {
      const name = `${folder}${hiveFolders(written.hive)}${index}${fileEnding(format)}`;
      const one = selectFiles([{ ...group, files: [written.file] }], ROW_COLUMNS);
      const [counted] = await engine.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM (${one})`);
      const uploaded = await store.upload(name, written.file);
      files.push({ name, rows: Number(counted?.rows), ...uploaded, hive: written.hive });
    }
    const record: StagedRecord = { runId, pipeline, partition, facts, format, columns: names, files, mark };
    await store.write(recordName(area, partition), JSON.stringify(record));
    return facts;
  } finally {
    for (const place of folders) await rm(place, { recursive: true, force: true });
  }
}

function refuseDifference(
  expected: RelationFacts,
  written: RelationFacts,
  partition: number,
  connection: string,
): void {
  const faults = expected.rows === written.rows ? [] : [`${written.rows} rows instead of ${expected.rows}`];
  for (const [key, value] of Object.entries(expected.checksums)) {
    const actual = written.checksums[key];
    if (actual !== value) faults.push(`checksum(${key}) ${actual} instead of ${value}`);
  }
  if (faults.length > 0)
    throw new VerificationFailedError(
      `Partition ${partition} was written differently: ${faults.join('; ')}`,
      connection,
    );
}
