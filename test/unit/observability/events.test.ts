import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EVENTS } from '../../../src/observability/events';

const SRC = path.resolve(__dirname, '../../../src');
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== path.join('observability', 'events.ts'))
  .map((file) => [file, readFileSync(path.join(SRC, file), 'utf8')] as const);

test.each(Object.entries(EVENTS))(
  '%s is a name of two words or more, said in a sentence, and logged somewhere',
  (name, says) => {
    // The message of a channel, not something that happened.
    if (name !== 'alert') expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(says).toMatch(/^[A-Z].{10,150}\.$/);
    expect(sources.filter(([, text]) => text.includes(`'${name}'`)).map(([file]) => file)).not.toEqual([]);
  },
);

test('nobody writes to the console past the logger, or logs in an orchestrator but once', () => {
  const past = sources
    .filter(([file]) => !/^(local|cli|dashboard)\//.test(file))
    .filter(([, text]) => /\bconsole(\.(log|info|warn|error|debug)\(|\[)/.test(text))
    .map(([file]) => file);
  expect(past).toEqual(['observability/create-logger.ts']);
  const orchestrators = sources
    .filter(([file]) => file.startsWith('durable/orchestrators/'))
    .filter(([, text]) => /context\s*(\.(log|info|warn|error|debug|trace)\b|\[)/.test(text))
    .map(([file]) => path.basename(file));
  expect(orchestrators).toEqual(['replay-safe-log.ts']);
});
