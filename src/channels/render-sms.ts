import type { AlertMessage } from '../model/alert-group';

/** Three parts of a text message. */
const LONGEST = 450;

/** A message short enough for a telephone: the title, the first thing to do, and where to look. */
export function renderSms({
  environment,
  severity,
  title,
  items,
  alertUrl,
  acknowledgeUrl,
  again,
}: AlertMessage): string {
  const url = acknowledgeUrl ?? alertUrl;
  const end = url === null ? '' : ` ${url}`;
  const start =
    `${again ? '(again?) ' : ''}Sluice ${environment} ${severity}: ${title}. ${items[0]?.todo ?? ''}`.trim();
  const room = LONGEST - end.length;
  return `${start.length > room ? `${start.slice(0, Math.max(0, room - 1))}…` : start}${end}`;
}
