import type { AlertMessage, MessageItem } from '../model/alert-group';

/** A message as plain text: mails, tickets and the log. */
export function renderText(message: AlertMessage): string {
  const { items, more, done, alertUrl, acknowledgeUrl, again, environment, severity } = message;
  const lines = [
    `${message.title}`,
    `Environment ${environment}, severity ${severity}.`,
    ...(again ? ['This message may have arrived before: nobody knows what became of the first attempt.'] : []),
    ...items.flatMap((item) => ['', ...itemLines(item)]),
    ...(more > 0 ? ['', `... and ${more} more.`] : []),
    ...(done.length > 0 ? ['', 'Done by Sluice:', ...done.map((text) => `- ${text}`)] : []),
    ...(alertUrl === null ? [] : ['', `Alert: ${alertUrl}`]),
    ...(acknowledgeUrl === null ? [] : [`Acknowledge: ${acknowledgeUrl}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function itemLines({ severity, title, what, data, todo, since, count, runUrl, runbookUrl }: MessageItem): string[] {
  return [
    `[${severity}] ${title}`,
    `What happened: ${what}`,
    `The data:      ${data}`,
    `What to do:    ${todo}`,
    `Since:         ${since}${count > 1 ? `, ${count} times` : ''}`,
    ...(runUrl === null ? [] : [`Run:           ${runUrl}`]),
    ...(runbookUrl === null ? [] : [`Runbook:       ${runbookUrl}`]),
  ];
}

/** The subject of a mail, and the title of a ticket. */
export function renderSubject({ environment, severity, title }: AlertMessage): string {
  return `[Sluice ${environment}] ${severity}: ${title}`.slice(0, 240);
}
