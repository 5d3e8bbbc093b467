import { Cron } from 'croner';
import { didYouMean } from '../../model/closest';
import { durationMs } from '../../model/duration';
import { formatOfFile } from '../format-of-file';
import { declarationFault, parameterFault, TYPE_NAMES } from '../parameter-type';
import { referenceIdOf } from '../../model/reference-file';
import { placeholdersIn } from '../parameters';
import type { Problem } from '../project';
import { referencesIn } from '../references-in';
import type { PipelineConfig, ScheduleConfig } from '../schema/pipeline';
import type { Place } from '../yaml/located';
import { formatPath, type YamlPath } from '../yaml/yaml-path';
import { checkChecks } from './check-checks';
import { checkMerge } from './check-merge';
import { checkSla } from './check-sla';
import { globFault } from './glob-fault';
import { isTimeZone, unknownTimeZone } from './time-zone';

type Locate = (path: YamlPath) => Place & { readonly value: string | null };
/** Reports a problem at a path of the pipeline's YAML. */
export type Report = (path: YamlPath, code: string, message: string, fix: string) => unknown;

/** What one pipeline's file alone decides and a schema cannot say. */
export function checkPipeline(pipeline: PipelineConfig, locate: Locate): Problem[] {
  const problems: Problem[] = [];
  const reporter =
    (severity: Problem['severity']): Report =>
    (path, code, message, fix) =>
      problems.push({ ...locate(path), path: formatPath(path), code, message, fix, severity });
  const report = reporter('error');
  if (pipeline.trigger?.schedule !== undefined) checkSchedule(pipeline.trigger.schedule, report);
  checkRunWindow(pipeline, report);
  checkSource(pipeline, report);
  checkTimeZones(pipeline, report);
  checkBounds(pipeline, report);
  checkChecks(pipeline.checks, report);
  checkMerge(pipeline, report);
  if (pipeline.sla !== undefined) checkSla(pipeline.sla, report);
  checkParameters(pipeline, report);
  checkUnitTests(pipeline, report);
  if (pipeline.target.writeDisposition === 'append' && pipeline.source.incremental === undefined) {
    const message = 'every run appends everything that the source holds, also what is loaded already';
    const fix = 'Add source.incremental: { by: file }, or replace instead of append.';
    reporter('warning')(['target', 'writeDisposition'], 'appends-everything', message, fix);
  }
  return problems;
}

function checkSchedule({ cron, timeZone }: ScheduleConfig, report: Report): void {
  const path = ['trigger', 'schedule'];
  if (!isTimeZone(timeZone)) report([...path, 'timeZone'], ...unknownTimeZone(timeZone));
  const example = 'Write five fields: minute, hour, day of month, month, day of week; 0 2 * * * is every day at 02:00.';
  if (cron.trim().split(/\s+/).length !== 5) {
    report([...path, 'cron'], 'invalid-cron', `'${cron}' does not have five fields`, example);
    return;
  }
  try {
    if (new Cron(cron, { paused: true, timezone: 'UTC', mode: '5-part' }).nextRun() === null) {
      report([...path, 'cron'], 'invalid-cron', `'${cron}' is never due`, 'Choose a day that its month has.');
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    report([...path, 'cron'], 'invalid-cron', `'${cron}' is no schedule: ${reason}`, example);
  }
}

function checkRunWindow({ runWindow }: PipelineConfig, report: Report): void {
  if (runWindow === undefined) return;
  const { from, to, timeZone } = runWindow;
  if (!isTimeZone(timeZone)) report(['runWindow', 'timeZone'], ...unknownTimeZone(timeZone));
  if (from !== to) return;
  const fix =
    'Write another to; a pipeline that may begin at any time needs no runWindow, only days with 00:00 to 23:59.';
  report(['runWindow', 'to'], 'empty-range', `the window opens and closes at ${from}`, fix);
}

function checkTimeZones(pipeline: PipelineConfig, report: Report): void {
  pipeline.transform.forEach((step, index) => {
    if (!('cast' in step)) return;
    for (const [column, to] of Object.entries(step.cast)) {
      if (typeof to === 'string' || to.timeZone === undefined || isTimeZone(to.timeZone)) continue;
      report(['transform', index, 'cast', column, 'timeZone'], ...unknownTimeZone(to.timeZone));
    }
  });
}

function checkSource({ source, trigger }: PipelineConfig, report: Report): void {
  const fault = source.files === undefined ? undefined : globFault(source.files);
  if (fault !== undefined) report(['source', 'files'], 'invalid-glob', fault.message, fault.fix);
  else if (source.files !== undefined && source.format === undefined && formatOfFile(source.files) === undefined) {
    const message = `the ending of '${source.files}' does not say what format the files have`;
    report(['source', 'files'], 'unknown-format', message, 'Add source.format, such as format: { type: csv }.');
  }
  for (const kind of ['blob', 'event'] as const) {
    const path = trigger?.[kind]?.path;
    if (path === undefined) continue;
    const unbalanced = path.replace(/\{[A-Za-z][A-Za-z0-9]*\}/g, '');
    if (/[{}*?]/.test(unbalanced)) {
      const fix = 'Write container/folder/{name}.parquet: braces around a name for the part that varies.';
      report(['trigger', kind, 'path'], 'invalid-trigger-path', `'${path}' is no trigger path`, fix);
    }
  }
}

function checkBounds(pipeline: PipelineConfig, report: Report): void {
  const { min, max } = pipeline.source.partitions;
  if (min > max)
    report(
      ['source', 'partitions', 'min'],
      'empty-range',
      `min ${min} is more than max ${max}`,
      'Lower min or raise max.',
    );
  const { firstDelay, maxDelay } = pipeline.retry;
  if (durationMs(firstDelay) > durationMs(maxDelay)) {
    const message = `firstDelay ${firstDelay} is longer than maxDelay ${maxDelay}`;
    report(['retry', 'firstDelay'], 'empty-range', message, 'Shorten firstDelay or lengthen maxDelay.');
  }
}

function checkParameters(pipeline: PipelineConfig, report: Report): void {
  const known = Object.keys(pipeline.parameters);
  for (const [name, parameter] of Object.entries(pipeline.parameters)) {
    const declared = declarationFault(parameter);
    if (declared !== null) {
      const fix = 'Write values and bounds of the type, min not above max; bounds are for numbers and dates.';
      report(['parameters', name, declared.key], 'wrong-type', declared.message, fix);
    }
    if (parameter.default === undefined) {
      if (pipeline.trigger === undefined) continue;
      const message = `'${name}' has no default, and nobody gives it a value when the pipeline's trigger starts it`;
      report(
        ['parameters', name],
        'parameter-without-default',
        message,
        `Give it a default: ${TYPE_NAMES[parameter.type]}.`,
      );
      continue;
    }
    const fault = parameterFault(parameter, parameter.default);
    if (fault !== null)
      report(['parameters', name, 'default'], 'wrong-type', fault, `Write ${fault.replace(/^must be /, '')}.`);
  }
  for (const { path, name, quoted } of placeholdersIn(pipeline, 'param')) {
    if (quoted) {
      const fix = 'Take away the quotes around it: it becomes a literal of its type by itself.';
      report(path, 'quoted-parameter', `\${param:${name}} stands inside quotes or a comment`, fix);
    }
    if (known.includes(name)) continue;
    const message = `there is no parameter '${name}'`;
    const fix =
      known.length === 0
        ? `Declare it: parameters: { ${name}: { type: string } }.`
        : didYouMean(name, known, 'parameters');
    report(path, 'unknown-parameter', message, fix);
  }
  for (const { path } of placeholdersIn(pipeline, 'secret')) {
    if (isSalt(path)) continue;
    const fix = 'Put the secret into a connection, as its password, or into the salt of a mask step.';
    report(path, 'secret-not-allowed', 'a secret cannot stand in a pipeline', fix);
  }
}

/** The only place of a secret in a pipeline: `transform[2].mask.salt`. */
function isSalt(path: readonly (string | number)[]): boolean {
  return path.length === 4 && path[0] === 'transform' && path[2] === 'mask' && path[3] === 'salt';
}

function checkUnitTests(pipeline: PipelineConfig, report: Report): void {
  const read = referencesIn(pipeline).map(({ reference }) => referenceIdOf(reference));
  pipeline.unitTests.forEach((test, index) => {
    for (const name of Object.keys(test.references ?? {})) {
      if (read.includes(name)) continue;
      const path = ['unitTests', index, 'references', name];
      report(
        path,
        'unknown-reference',
        `no lookup or check reads '${name}'`,
        didYouMean(name, read, 'pipelines and files that are read'),
      );
    }
    if (test.expected !== undefined || test.quarantined !== undefined) return;
    const fix = 'Add expected, quarantined or both; an empty list says that nothing comes out.';
    report(['unitTests', index], 'empty-unit-test', 'the test says nothing about what comes out', fix);
  });
}
