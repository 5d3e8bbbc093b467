import { createLogger, type LogLevel } from '../../../src/observability/create-logger';
import { redact } from '../../../src/observability/redact';

function logged(write: (log: ReturnType<typeof createLogger>) => void): [LogLevel, unknown][] {
  const lines: [LogLevel, unknown][] = [];
  write(
    createLogger((level, event, fields) => void lines.push([level, JSON.parse(JSON.stringify({ event, ...fields }))])),
  );
  return lines;
}

test('an event is one line of JSON with its fields and those of its logger', () => {
  const lines = logged((log) => {
    log.with({ runId: 'run-1' }).with({ step: 'stage' }).warn('wave-retried', { rows: 3, code: 'x', none: null });
    log.info('run-ended');
  });
  expect(lines).toEqual([
    ['warn', { event: 'wave-retried', runId: 'run-1', step: 'stage', rows: 3, code: 'x', none: null }],
    ['info', { event: 'run-ended' }],
  ]);
});

test('a value whose name says that it is secret is not written at all', () => {
  const lines = logged((log) =>
    log.error('request-failed', { password: 'a "quoted" \\ one', storageConnectionString: 'x', token: 't', tokens: 3 }),
  );
  expect(lines).toEqual([
    ['error', { event: 'request-failed', password: '***', storageConnectionString: '***', token: '***', tokens: 3 }],
  ]);
});

test('secrets inside of messages are cut out, and the line stays JSON', () => {
  const message = 'refused: password="hunter2\\" at postgres://sluice:s3cret@db/x?sslmode=off';
  const [[, line]] = logged((log) => log.error('request-failed', { message })) as [[LogLevel, { message: string }]];
  expect(line.message).not.toMatch(/hunter2|s3cret/);
  expect(line.message).toContain('@db/x?sslmode=off');
});

test.each([
  ['AccountName=a;AccountKey=abc/d+e==;Blob=x', 'AccountName=a;AccountKey=***;Blob=x'],
  ['https://a/b?sv=1&sig=abc%2F&se=2', 'https://a/b?sv=1&sig=***&se=2'],
  ['https://app/api/runs?code=KEY', 'https://app/api/runs?code=***'],
  ['Authorization: Bearer eyJ0.a-b_c==', 'Authorization: Bearer ***'],
  ['{"client_secret": "abc"}', '{"client_secret": "***"}'],
  ['code: storage-unavailable, design=x', 'code: storage-unavailable, design=x'],
  ['There is no secret named x', 'There is no secret named x'],
])('%s becomes %s', (text, expected) => {
  expect(redact(text)).toBe(expected);
});
