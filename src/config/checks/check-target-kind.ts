import { CONNECTION_KINDS } from '../connection-kinds';
import type { Connection } from '../schema/connection';
import type { PipelineConfig } from '../schema/pipeline';
import type { YamlPath } from '../yaml/yaml-path';

type Report = (path: YamlPath, code: string, message: string, fix: string) => void;

/** What `target` and `verify` say must be what the kind of the connection can do. */
export function checkTargetKind(pipeline: PipelineConfig, kind: Connection['kind'], report: Report): void {
  const { target, verify } = pipeline;
  const { writeDispositions, loads, ignoresInTarget, sqlVerification } = CONNECTION_KINDS[kind];
  const choice = loads.join(' and ');
  if (!writeDispositions.includes(target.writeDisposition)) {
    report(
      ['target', 'writeDisposition'],
      'unsupported-write-disposition',
      `a ${kind} target cannot ${target.writeDisposition}`,
      `Use ${writeDispositions.join(' or ')}.`,
    );
  }
  for (const key of loads) {
    if (target[key] !== undefined) continue;
    report(['target'], 'missing-key', `a ${kind} target needs ${choice}`, `Add target.${key}.`);
  }
  for (const key of ignoresInTarget) {
    if (target[key] === undefined) continue;
    const fix = `Remove it; a ${kind} target is named by ${choice}.`;
    report(['target', key], 'wrong-target-key', `a ${kind} target has no ${key}`, fix);
  }
  if (kind === 'postgres' && target.writeDisposition === 'merge' && target.key === undefined) {
    const fix = 'Add the columns that say which row a row is: key: [order_id].';
    report(['target'], 'missing-key', 'merge needs the key by which rows are the same', fix);
  }
  if (kind === 'blob' && target.writeDisposition === 'merge' && target.partitionBy === undefined) {
    const message = 'a blob target merges by folders: those that a load brings rows for are replaced';
    report(['target', 'writeDisposition'], 'missing-key', message, 'Add target.partitionBy, or append or replace.');
  }
  if (kind === 'tables') checkEntities(pipeline, report);
  if (sqlVerification) return;
  verify.forEach((rule, index) => {
    if (!('sql' in rule)) return;
    const fix = 'Use rowCount and checksum, or make it a check of the pipeline.';
    report(['verify', index, 'sql'], 'unsupported-verification', `a ${kind} target runs no SQL`, fix);
  });
}

/** A table of entities tells nobody afterwards that two rows became one: what must be so is checked before. */
function checkEntities({ target, checks, verify }: PipelineConfig, report: Report): void {
  const { table = '', partitionKey, rowKey } = target;
  if (!/^[A-Za-z][A-Za-z0-9]{2,62}$/.test(table) || table.toLowerCase() === 'sluiceledger') {
    const fix = 'Use 3 to 63 letters and digits, a letter first; sluiceledger is taken.';
    report(['target', 'table'], 'invalid-table-name', `'${table}' is no name for an Azure table`, fix);
  }
  verify.forEach((rule, index) => {
    if (!('checksum' in rule)) return;
    const message = 'a tables target makes no checksums';
    report(['verify', index, 'checksum'], 'unsupported-verification', message, 'Use rowCount: exact.');
  });
  if (partitionKey === undefined || rowKey === undefined) return;
  const isUnique = checks.some((check) => {
    if (!('unique' in check)) return false;
    const columns: unknown = Array.isArray(check.unique)
      ? check.unique
      : (check.unique as { columns?: unknown }).columns;
    return Array.isArray(columns) && columns.every((column) => column === partitionKey || column === rowKey);
  });
  if (isUnique) return;
  const fix = `Add checks: - unique: [${[...new Set([partitionKey, rowKey])].join(', ')}].`;
  report(['target', 'rowKey'], 'missing-unique-check', 'two rows of one key would become one entity', fix);
}
