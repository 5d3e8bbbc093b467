import { createLogger } from '../../../../src/observability/create-logger';
import { knowSecret } from '../../../../src/observability/known-secrets';
import type { AuditEntry } from '../../../../src/state/stores';
import { maskedAudit } from '../../../../src/triggers/audit/masked-audit';
import { testStores } from '../../state/test-stores';

const entry: AuditEntry = {
  at: '2026-01-01T01:00:00.000Z',
  action: 'pipeline-paused',
  by: 'ann',
  subject: 'https://user:hunter2@db.example.com/orders',
  detail: {
    reason: 'login with password=hunter2 and https://x.blob.core.windows.net/a?sv=1&sig=SECRETSIGNATURE fails',
    password: 'hunter2',
    known: 'the value is zq9-planted-secret',
    long: 'x'.repeat(5000),
    rows: 3,
    nothing: null,
  },
  correlationId: 'c',
};

test('what looks like a secret, and each secret that the app knows, is hidden before it is written for good', async () => {
  knowSecret('zq9-planted-secret');
  const lines: string[] = [];
  const { trail } = await testStores();
  const audit = maskedAudit(
    trail,
    createLogger((level, event, fields) => void lines.push(JSON.stringify({ level, event, ...fields }))),
  );
  await audit.append(entry);
  const [written] = await audit.list({ day: '2026-01-01', limit: 1 });
  for (const text of [JSON.stringify(written), lines.join('\n')]) {
    for (const secret of ['hunter2', 'SECRETSIGNATURE', 'zq9-planted-secret']) expect(text).not.toContain(secret);
  }
  expect(written).toMatchObject({
    action: 'pipeline-paused',
    by: 'ann',
    detail: { rows: 3, nothing: null, password: '***' },
  });
  expect(String(written?.detail['long'])).toHaveLength(2000);
});

test('an entry is told to the log once, with its place and hash', async () => {
  const events: string[] = [];
  const { trail } = await testStores();
  const audit = maskedAudit(
    trail,
    createLogger((_level, event, fields) => void events.push(`${event} ${fields['sequence']}`)),
  );
  await audit.append(entry);
  await audit.append(entry);
  await audit.append({ ...entry, by: 'bob' });
  expect(events).toEqual(['audit-entry 1', 'audit-entry 2']);
});
