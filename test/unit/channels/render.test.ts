import { renderCard } from '../../../src/channels/render-card';
import { renderHtml } from '../../../src/channels/render-html';
import { renderSms } from '../../../src/channels/render-sms';
import { renderSubject, renderText } from '../../../src/channels/render-text';
import { message } from './message';

test('a text says what happened, how the data stands, what to do, and where to look', () => {
  expect(renderSubject(message())).toBe('[Sluice prod] error: flights failed: target-missing and 2 more');
  expect(renderText(message())).toBe(`flights failed: target-missing and 2 more
Environment prod, severity error.

[error] flights failed: target-missing
What happened: In stage: There is no schema <aviation> in [the] database_1.
The data:      Nothing was loaded: the target is as it was.
What to do:    Make the schema & start the run again.
Since:         2026-01-01T02:03:04.000Z, 2 times
Run:           https://sluice.example.com/api/dashboard#/runs/run-1
Runbook:       https://sluice.example.com/api/dashboard#/runbooks/target-missing

... and 2 more.

Done by Sluice:
- flights was paused; sluice resume flights ends it

Alert: https://sluice.example.com/api/dashboard#/alerts/al-1-1
Acknowledge: https://sluice.example.com/api/alert-links/abc.def
`);
});

test('without an address of the app there are no links, and a repetition says so', () => {
  const items = message().items.map((item) => ({ ...item, runUrl: null, runbookUrl: null }));
  const text = renderText(message({ items, alertUrl: null, acknowledgeUrl: null, again: true, more: 0, done: [] }));
  expect(text).not.toContain('http');
  expect(text).toContain('This message may have arrived before');
});

test('HTML holds the same, as text', () => {
  const page = renderHtml(message());
  expect(page).toContain('<td>In stage: There is no schema &lt;aviation&gt; in [the] database_1.</td>');
  expect(page).toContain('Make the schema &amp; start the run again.');
  expect(page).toContain('<a href="https://sluice.example.com/api/alert-links/abc.def">Acknowledge</a>');
  expect(page).toContain('<li>flights was paused; sluice resume flights ends it</li>');
  expect(page).not.toMatch(/<script|<img|onload/);
  expect(renderHtml(message({ title: '<script>alert(1)</script>' }))).not.toContain('<script>');
});

test('a card is an attachment that a workflow of Teams takes', () => {
  expect(renderCard(message({ done: [], more: 0 }))).toEqual({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            {
              type: 'TextBlock',
              text: 'flights failed: target-missing and 2 more',
              weight: 'Bolder',
              size: 'Medium',
              wrap: true,
              color: 'Attention',
            },
            {
              type: 'TextBlock',
              text: 'Environment prod, severity error.',
              isSubtle: true,
              spacing: 'None',
              wrap: true,
            },
            {
              type: 'TextBlock',
              text: 'flights failed: target-missing',
              weight: 'Bolder',
              wrap: true,
              separator: true,
            },
            {
              type: 'FactSet',
              facts: [
                { title: 'What happened', value: 'In stage: There is no schema <aviation> in \\[the\\] database\\_1.' },
                { title: 'The data', value: 'Nothing was loaded: the target is as it was.' },
                { title: 'What to do', value: 'Make the schema & start the run again.' },
                { title: 'Since', value: '2026-01-01T02:03:04.000Z, 2 times' },
              ],
            },
          ],
          actions: [
            { type: 'Action.OpenUrl', title: 'Acknowledge', url: 'https://sluice.example.com/api/alert-links/abc.def' },
            { type: 'Action.OpenUrl', title: 'Alert', url: 'https://sluice.example.com/api/dashboard#/alerts/al-1-1' },
            { type: 'Action.OpenUrl', title: 'Run', url: 'https://sluice.example.com/api/dashboard#/runs/run-1' },
            {
              type: 'Action.OpenUrl',
              title: 'Runbook',
              url: 'https://sluice.example.com/api/dashboard#/runbooks/target-missing',
            },
          ],
        },
      },
    ],
  });
});

test('a text message is short, and its link is whole', () => {
  expect(renderSms(message())).toBe(
    'Sluice prod error: flights failed: target-missing and 2 more. Make the schema & start the run again. ' +
      'https://sluice.example.com/api/alert-links/abc.def',
  );
  const long = renderSms(message({ title: 'x'.repeat(1000) }));
  expect(long.length).toBeLessThanOrEqual(450);
  expect(long).toMatch(/… https:\/\/sluice\.example\.com\/api\/alert-links\/abc\.def$/);
});
