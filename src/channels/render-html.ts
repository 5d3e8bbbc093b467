import type { AlertMessage, MessageItem } from '../model/alert-group';

const COLOURS = { info: '#57606a', warning: '#9a6700', error: '#cf222e', critical: '#82071e' } as const;

/** A message as the HTML of a mail: no scripts, no pictures, styles inline, as mail programs want it. */
export function renderHtml(message: AlertMessage): string {
  const { title, environment, severity, items, more, done, alertUrl, acknowledgeUrl, again } = message;
  const resolved = message.about === 'resolved';
  const colour = resolved ? '#1a7f37' : COLOURS[severity];
  const parts = [
    `<h2 style="margin:0 0 4px;color:${colour}">${text(title)}</h2>`,
    `<p style="margin:0 0 16px;color:#57606a">Environment ${text(environment)}, severity ${severity}.</p>`,
    again ? '<p>This message may have arrived before: nobody knows what became of the first attempt.</p>' : '',
    ...items.map(renderItem),
    more > 0 ? `<p>... and ${more} more.</p>` : '',
    done.length > 0 ? `<p>Done by Sluice:</p><ul>${done.map((each) => `<li>${text(each)}</li>`).join('')}</ul>` : '',
    alertUrl === null ? '' : `<p>${link(alertUrl, 'Show the alert')}</p>`,
    acknowledgeUrl === null ? '' : `<p>${link(acknowledgeUrl, 'Acknowledge')}</p>`,
  ];
  const body = parts.filter((part) => part !== '').join('\n');
  return `<!DOCTYPE html>\n<html lang="en"><body style="font-family:sans-serif;font-size:14px;color:#1f2328">\n${body}\n</body></html>\n`;
}

function renderItem({ title, what, data, todo, since, count, runUrl, runbookUrl, severity }: MessageItem): string {
  const rows: (readonly [string, string])[] = [
    ['What happened', text(what)],
    ['The data', text(data)],
    ['What to do', text(todo)],
    ['Since', `${text(since)}${count > 1 ? `, ${count} times` : ''}`],
    ...(runUrl === null ? [] : [['Run', link(runUrl, runUrl)] as const]),
    ...(runbookUrl === null ? [] : [['Runbook', link(runbookUrl, runbookUrl)] as const]),
  ];
  const cells = rows.map(
    ([name, value]) =>
      `<tr><th style="text-align:left;vertical-align:top;padding:2px 12px 2px 0">${name}</th><td>${value}</td></tr>`,
  );
  return `<h3 style="margin:16px 0 4px;color:${COLOURS[severity]}">${text(title)}</h3>\n<table>${cells.join('')}</table>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function text(value: string): string {
  return value.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

function link(url: string, label: string): string {
  return `<a href="${text(url)}">${text(label)}</a>`;
}
