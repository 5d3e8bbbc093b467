import type { AlertMessage, MessageItem } from '../model/alert-group';

const STYLES = { info: 'Default', warning: 'Warning', error: 'Attention', critical: 'Attention' } as const;

/**
 * A message as what a Teams workflow takes: one attachment that is an Adaptive Card.
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#send-adaptive-cards-using-an-incoming-webhook
 */
export function renderCard(message: AlertMessage): object {
  const { title, environment, severity, items, more, done, alertUrl, acknowledgeUrl, again, about } = message;
  const body = [
    {
      type: 'TextBlock',
      text: plain(title),
      weight: 'Bolder',
      size: 'Medium',
      wrap: true,
      color: about === 'resolved' ? 'Good' : STYLES[severity],
    },
    {
      type: 'TextBlock',
      text: plain(`Environment ${environment}, severity ${severity}.`),
      isSubtle: true,
      spacing: 'None',
      wrap: true,
    },
    ...(again
      ? [{ type: 'TextBlock', text: 'This message may have arrived before.', isSubtle: true, wrap: true }]
      : []),
    ...items.flatMap(itemBlocks),
    ...(more > 0 ? [{ type: 'TextBlock', text: `... and ${more} more.`, wrap: true }] : []),
    ...(done.length > 0 ? [{ type: 'TextBlock', text: plain(`Done by Sluice: ${done.join('; ')}.`), wrap: true }] : []),
  ];
  const { runUrl = null, runbookUrl = null } = items[0] ?? {};
  const actions = [
    ...(acknowledgeUrl === null ? [] : [openUrl('Acknowledge', acknowledgeUrl)]),
    ...(alertUrl === null ? [] : [openUrl('Alert', alertUrl)]),
    ...(runUrl === null ? [] : [openUrl('Run', runUrl)]),
    ...(runbookUrl === null ? [] : [openUrl('Runbook', runbookUrl)]),
  ];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body,
    actions,
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

function itemBlocks({ title, what, data, todo, since, count }: MessageItem): object[] {
  const facts = [
    { title: 'What happened', value: plain(what) },
    { title: 'The data', value: plain(data) },
    { title: 'What to do', value: plain(todo) },
    { title: 'Since', value: `${since}${count > 1 ? `, ${count} times` : ''}` },
  ];
  return [
    { type: 'TextBlock', text: plain(title), weight: 'Bolder', wrap: true, separator: true },
    { type: 'FactSet', facts },
  ];
}

/** Cards read Markdown: what a message holds is text. */
function plain(text: string): string {
  return text.replace(/([\\`*_[\]])/g, '\\$1');
}

function openUrl(title: string, url: string): object {
  return { type: 'Action.OpenUrl', title, url };
}
