import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { API_FLAGS, apiClient } from '../../api-client';
import type { CliContext, ExitCode } from '../../cli-context';
import { neededText } from '../../needed-text';
import { parseFlags } from '../../parse-flags';
import { dayFlag, daysOf, entriesOf } from './audit-days';

/** `sluice audit export`: a file of JSON lines for each day. */
export async function exportAudit(context: CliContext): Promise<ExitCode> {
  const text = { type: 'string' } as const;
  const { values } = parseFlags(context.args, { ...API_FLAGS, from: text, to: text, 'to-folder': text });
  const folder = path.resolve(context.workingFolder, neededText(values['to-folder'], 'say where with --to-folder'));
  const api = apiClient(context, values.url);
  const days = await daysOf(api, { from: dayFlag(values.from, '--from'), to: dayFlag(values.to, '--to') });
  await mkdir(folder, { recursive: true });
  const files: { day: string; file: string; entries: number }[] = [];
  for (const day of days) {
    const file = path.join(folder, `${day.day}.jsonl`);
    const output = await open(file, 'w', 0o600);
    let entries = 0;
    try {
      for await (const { found } of entriesOf(api, day)) {
        await output.write(`${JSON.stringify(found)}\n`);
        entries += 1;
      }
    } finally {
      await output.close();
    }
    files.push({ day: day.day, file, entries });
  }
  const lines = files.map(({ day, file, entries }) => `${day}  ${entries} entries  ${file}\n`);
  context.out(
    values.json ? `${JSON.stringify({ files }, null, 2)}\n` : lines.join('') || 'There is nothing to export.\n',
  );
  return 0;
}
