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
  if (sqlVerification) return;
  verify.forEach((rule, index) => {
    if (!('sql' in rule)) return;
    const fix = 'Use rowCount and checksum, or make it a check of the pipeline.';
    report(['verify', index, 'sql'], 'unsupported-verification', `a ${kind} target runs no SQL`, fix);
  });
}
