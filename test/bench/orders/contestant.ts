import { createReadStream } from 'node:fs';
import { pipeline as pump } from 'node:stream/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { TABLE_DDL, type JobInput, type JobReport } from './job';

/** Clock of one contestant: seconds of each phase. */
export class Phases {
  readonly seconds: Record<string, number> = {};

  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await work();
    this.seconds[name] = (this.seconds[name] ?? 0) + (performance.now() - began) / 1000;
    return result;
  }
}

/** What a contestant's program does: reads its input from the command line, writes its report to standard output. */
export async function contest(run: (input: JobInput, phases: Phases) => Promise<number>): Promise<void> {
  const input = JSON.parse(process.argv[2] ?? '{}') as JobInput;
  const phases = new Phases();
  const quarantined = await run(input, phases);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const { user, system } = process.cpuUsage();
  const report: JobReport = { quarantined, phases: phases.seconds, peakBytes, cpuSeconds: (user + system) / 1e6 };
  process.stdout.write(JSON.stringify(report));
}

/** `\copy`: a CSV file without header into a new table of the contestant's. */
export async function copyIntoTable({ database, table }: JobInput, file: string): Promise<void> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    await client.query(`CREATE TABLE ${table} (${TABLE_DDL})`);
    const copy = client.query(copyFrom(`COPY ${table} FROM STDIN (FORMAT csv)`));
    await pump(createReadStream(file, { highWaterMark: 1 << 20 }), copy);
  } finally {
    await client.end();
  }
}

/** Uploads files into the container `bench`, as an artifact of the job has to be. */
export async function upload({ storage, table }: JobInput, files: readonly string[]): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(storage).getContainerClient('bench');
  await container.createIfNotExists();
  for (const [index, file] of files.entries()) {
    await container.getBlockBlobClient(`${table}/${index}.parquet`).uploadFile(file, { concurrency: 4 });
  }
}
