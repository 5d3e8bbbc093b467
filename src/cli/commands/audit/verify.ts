import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ChainedEntry } from '../../../state/audit/chained-entry';
import { readEntries } from '../../../state/audit/read-entries';
import {
  compareWithCopy,
  verifyDay,
  type AuditVerification,
  type ChainFinding,
  type FoundEntry,
} from '../../../state/audit/verify-chain';
import { API_FLAGS, apiClient, type ApiClient } from '../../api-client';
import type { CliContext, ExitCode } from '../../cli-context';
import { parseFlags } from '../../parse-flags';
import { UsageError } from '../../usage-error';
import { dayFlag, daysOf, entriesOf } from './audit-days';

interface Span {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
type Verified = Omit<AuditVerification, 'verified'>;

/** `sluice audit verify`: follows the chain itself, and does not take the app's word for it. */
export async function verifyAudit(context: CliContext): Promise<ExitCode> {
  const text = { type: 'string' } as const;
  const { values } = parseFlags(context.args, { ...API_FLAGS, from: text, to: text, files: text });
  const span = { from: dayFlag(values.from, '--from'), to: dayFlag(values.to, '--to') };
  const result =
    values.files === undefined
      ? await verifyApp(apiClient(context, values.url), span)
      : await verifyFiles(
          path.resolve(context.workingFolder, values.files),
          span,
          values.url === undefined ? null : apiClient(context, values.url),
        );
  const verified = result.findings.length === 0;
  context.out(values.json ? `${JSON.stringify({ verified, ...result }, null, 2)}\n` : render(result));
  return verified ? 0 : 1;
}

async function verifyApp(api: ApiClient, span: Span): Promise<Verified> {
  const days = await daysOf(api, span);
  const findings: ChainFinding[] = [];
  let entries = 0;
  let before: { day: string; hash: string } | null | undefined;
  for (const [index, day] of days.entries()) {
    // What comes before the first day of a span is taken from that day itself.
    const its = index > 0 ? before : day.end.after === null ? null : undefined;
    const verified = await verifyDay(day.day, entriesOf(api, day), its, day.end);
    findings.push(...verified.findings);
    entries += verified.entries;
    before = { day: day.day, hash: verified.hash };
  }
  const query = new URLSearchParams(
    Object.entries(span).filter((each): each is [string, string] => each[1] !== undefined),
  );
  const said = await api.request<AuditVerification>('GET', `/audit/verification?${query.toString()}`);
  const known = new Set(findings.map(({ kind, day, sequence }) => `${kind} ${day} ${sequence}`));
  findings.push(...said.findings.filter(({ kind, day, sequence }) => !known.has(`${kind} ${day} ${sequence}`)));
  return { days: days.length, entries, copied: said.copied, findings };
}

async function verifyFiles(folder: string, { from = '', to = '9999' }: Span, api: ApiClient | null): Promise<Verified> {
  const names = await readdir(folder).catch(() => {
    throw new UsageError(`there is no folder ${folder}`);
  });
  const days = names
    .flatMap((name) => /^(\d{4}-\d\d-\d\d)\.jsonl$/.exec(name)?.[1] ?? [])
    .sort()
    .filter((day) => day >= from && day <= to);
  if (days.length === 0) throw new UsageError(`${folder} has no files named as 2026-01-31.jsonl`);
  const ofApp = api === null ? [] : await daysOf(api, { from, to });
  const findings: ChainFinding[] = [];
  let [entries, copied] = [0, 0];
  let before: { day: string; hash: string } | undefined;
  for (const day of days) {
    const copy: ChainedEntry[] = [];
    const rows = noting(readEntries(createReadStream(path.join(folder, `${day}.jsonl`))), copy);
    const verified = await verifyDay(day, rows, before, null);
    findings.push(...verified.findings);
    entries += verified.entries;
    before = { day, hash: verified.hash };
    if (api === null) continue;
    const here = ofApp.find((each) => each.day === day);
    if (here === undefined)
      findings.push({ kind: 'removed', day, sequence: null, message: 'the app has nothing of that day' });
    const hashes: (string | undefined)[] = [];
    if (here !== undefined) for await (const { place, found } of entriesOf(api, here)) hashes[place - 1] = found?.hash;
    if (here !== undefined) findings.push(...compareWithCopy(day, hashes, copy));
    copied += copy.length;
  }
  return { days: days.length, entries, copied, findings };
}

async function* noting(rows: AsyncIterable<FoundEntry>, into: ChainedEntry[]): AsyncGenerator<FoundEntry> {
  for await (const row of rows) {
    if (row.found !== null) into.push(row.found);
    yield row;
  }
}

function render({ days, entries, copied, findings }: Verified): string {
  const looked = `${entries} entries of ${days} ${days === 1 ? 'day' : 'days'}, ${copied} of them compared with a copy`;
  if (findings.length === 0) return `The audit trail is whole: ${looked}.\n`;
  const lines = findings.map(
    ({ kind, day, sequence, message }) =>
      `  ${kind.padEnd(10)}  ${day}${sequence === null ? '' : ` #${sequence}`}  ${message}\n`,
  );
  return `The audit trail is not whole: ${looked}.\n${lines.join('')}What to do: docs/runbooks/audit-chain-broken.md\n`;
}
