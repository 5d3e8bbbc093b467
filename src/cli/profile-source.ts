import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { source as sourceSchema, type SourceConfig } from '../config/schema/source';
import { openSource, type ConnectionDependencies } from '../connectors/connections';
import type { EngineSession } from '../engine/engine-session';
import { parquetFacts } from '../engine/parquet-facts';
import { quoteLiteral } from '../engine/quote-literal';
import { SYSTEM_PREFIX, type Column } from '../model/column';
import type { Source } from '../steps/extract/source';
import { profileRelation } from '../project/profile/profile-relation';
import type { SourceProfile } from '../project/profile/profile-types';
import type { ProfileLocation } from './profile-location';

/** A profile, and the configuration that reads the source so. */
export interface ProfiledSource {
  readonly profile: SourceProfile;
  readonly config: Readonly<Record<string, unknown>>;
}

const DELIMITERS = [';', '\t', '|'] as const;

/** Reads rows of a location, at most `limit`, and looks at them. Throws what the source throws. */
export async function profileSource(
  location: ProfileLocation,
  deps: ConnectionDependencies,
  session: EngineSession,
  limit: number,
): Promise<ProfiledSource> {
  const source = await openSource(location.project, location.connection, deps);
  try {
    const base = { connection: location.connection, ...location.source };
    let config: Record<string, unknown> = base;
    let read = await readRows(source, sourceSchema.parse(config), session, limit);
    const delimiter = delimiterIn(read.columns);
    if (delimiter !== undefined) {
      config = { ...base, format: { type: 'csv', delimiter } };
      read = await readRows(source, sourceSchema.parse(config), session, limit);
    }
    const relation = `(SELECT * FROM read_parquet([${read.files.map(quoteLiteral).join(', ')}]) LIMIT ${limit})`;
    const seen = await profileRelation(session, relation, read.columns);
    return { profile: { ...seen, complete: read.complete, malformed: read.malformed }, config };
  } finally {
    await source.close();
  }
}

/** A file that was read with commas, and has one column with other marks in its name, is delimited by these. */
function delimiterIn(columns: readonly Column[]): string | undefined {
  const [only] = columns;
  return only !== undefined && columns.length === 1 ? DELIMITERS.find((mark) => only.name.includes(mark)) : undefined;
}

interface Read {
  readonly files: readonly string[];
  readonly columns: readonly Column[];
  readonly malformed: number;
  readonly complete: boolean;
}

async function readRows(source: Source, config: SourceConfig, session: EngineSession, limit: number): Promise<Read> {
  const plan = await source.plan({
    config,
    writeDisposition: 'append',
    definitionHash: 'profile',
    watermark: null,
    session,
  });
  if (plan.outcome !== 'planned') return { files: [], columns: [], malformed: 0, complete: true };
  const files: string[] = [];
  let [rows, malformed, complete] = [0, 0, true];
  let columns = plan.columns;
  for (const partition of plan.partitions) {
    if (rows >= limit) {
      complete = false;
      break;
    }
    const file = path.join(session.scratchFolder, `profile-${randomUUID()}.parquet`);
    const { selectSql, rejectsSql } = await source.open(partition, config, session);
    await session.run(
      `COPY (SELECT * FROM (${selectSql}) LIMIT ${limit - rows + 1}) TO ${quoteLiteral(file)} (FORMAT parquet, COMPRESSION lz4)`,
    );
    const facts = await parquetFacts(session, file);
    files.push(file);
    rows += facts.rows;
    columns = facts.columns;
    if (rows > limit) complete = false;
    else if (rejectsSql !== null) {
      const [counted] = await session.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM (${rejectsSql})`);
      malformed += Number(counted?.rows ?? 0);
    }
  }
  return { files, columns: columns.filter(({ name }) => !name.startsWith(SYSTEM_PREFIX)), malformed, complete };
}
