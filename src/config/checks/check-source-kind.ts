import { declaredColumns } from '../../model/declared-columns';
import { CONNECTION_KINDS } from '../connection-kinds';
import type { Connection } from '../schema/connection';
import type { PipelineConfig } from '../schema/pipeline';
import type { YamlPath } from '../yaml/yaml-path';

type Report = (path: YamlPath, code: string, message: string, fix: string) => void;

/** What `source` says must fit the kind of its connection: each kind reads something else. */
export function checkSourceKind({ source, target }: PipelineConfig, kind: Connection['kind'], report: Report): void {
  const { reads, ignores, incrementalBy } = CONNECTION_KINDS[kind];
  const named = reads.filter((key) => source[key] !== undefined);
  const choice = reads.join(' or ');
  if (named.length === 0) {
    report(['source'], 'missing-key', `a ${kind} source needs ${choice}`, `Add source.${reads[0] ?? ''}.`);
  } else if (named.length > 1) {
    report(
      ['source', named[1] ?? ''],
      'conflicting-keys',
      `there are ${named.join(' and ')}`,
      `Keep one of ${choice}.`,
    );
  }
  for (const key of ignores) {
    if (source[key] === undefined) continue;
    report(
      ['source', key],
      'wrong-source-key',
      `a ${kind} source has no ${key}`,
      `Remove it; a ${kind} source reads ${choice}.`,
    );
  }
  const { incremental, partitions, consistency } = source;
  if (incremental !== undefined && !incrementalBy.includes(incremental.by)) {
    const fix = `Use incremental: { by: ${incrementalBy[0] ?? ''}${incrementalBy[0] === 'column' ? ', column: updated_at' : ''} }.`;
    report(
      ['source', 'incremental', 'by'],
      'unsupported-incremental',
      `a ${kind} source finds nothing new by ${incremental.by}`,
      fix,
    );
  }
  if (incremental?.by === 'column' && target.writeDisposition === 'replace') {
    const message = 'replace would take away what earlier runs loaded, since each run takes only what is new';
    report(
      ['target', 'writeDisposition'],
      'replace-of-increment',
      message,
      'Append or merge, or take away source.incremental.',
    );
  }
  if (kind === 'http') checkHttp(source, report);
  if (kind === 'http' || kind === 'tables') checkCursor(source, report);
  if (kind === 'tables' && source.columns === undefined) {
    const message = 'entities have no common columns, so those of the pipeline must be declared';
    report(['source'], 'missing-key', message, 'Add source.columns with the properties to read and their types.');
  }
  if (kind === 'postgres') return;
  if (partitions.by !== undefined) {
    report(
      ['source', 'partitions', 'by'],
      'wrong-source-key',
      `a ${kind} source is not split by a column`,
      'Remove it.',
    );
  }
  if (consistency === 'snapshot') {
    const message = `a ${kind} source has no snapshot`;
    report(['source', 'consistency'], 'wrong-source-key', message, 'Remove it.');
  }
}

function checkHttp(source: PipelineConfig['source'], report: Report): void {
  if (source.columns === undefined) {
    const message = 'a web API has no header, so its columns must be declared';
    report(['source'], 'missing-key', message, 'Add source.columns with the keys of an item and their types.');
  }
  if (source.format?.type === 'parquet') {
    report(['source', 'format'], 'unknown-format', 'a web API is not read as parquet', 'Use json, ndjson or csv.');
  }
  if (source.request?.since !== undefined && source.incremental === undefined) {
    const message = 'without incremental there is no value to ask from';
    report(
      ['source', 'request', 'since'],
      'conflicting-keys',
      message,
      'Add incremental: { by: column, column: ... }.',
    );
  }
  if (source.pagination?.by === 'cursor' && source.format !== undefined && source.format.type !== 'json') {
    report(
      ['source', 'pagination'],
      'unsupported-pagination',
      'only a JSON answer has a cursor',
      'Use link, page or offset.',
    );
  }
}

/** The source itself has no types to find new rows by: those of the pipeline must do. */
function checkCursor({ incremental, columns }: PipelineConfig['source'], report: Report): void {
  if (incremental?.by !== 'column' || columns === undefined) return;
  const { column, lag } = incremental;
  const type = declaredColumns({ columns }).find(({ name }) => name === column)?.type;
  const at = ['source', 'incremental', 'column'];
  if (type === undefined) {
    const there = Object.keys(columns).join(', ');
    report(at, 'unknown-column', `source.columns has no ${column}`, `Declare it, or name one of ${there}.`);
    return;
  }
  const isTime = /^(date|timestamp|timestamptz)$/.test(type);
  if (!isTime && !/^(integer|bigint|decimal)/.test(type)) {
    const message = `${column} is ${type}: new rows are found by a date, a time or an exact number`;
    report(at, 'wrong-cursor-type', message, 'Name a column that grows, such as updated_at or id.');
    return;
  }
  if (lag !== undefined && isTime !== (typeof lag === 'string')) {
    const fix = isTime ? 'Write a duration, such as 1h.' : 'Write a number.';
    report(['source', 'incremental', 'lag'], 'wrong-lag', `${column} is ${type}, and its lag is ${lag}`, fix);
  }
}
