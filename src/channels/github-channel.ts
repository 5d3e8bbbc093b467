import type { ChannelOf } from '../config/schema/alert-channel';
import type { AlertMessage } from '../model/alert-group';
import type { Channel } from './channel';
import { renderSubject, renderText } from './render-text';
import { sendHttp, type HttpOptions } from './send-http';
import { textIn } from './ticket';

const LABEL = 'sluice-alert';

/**
 * Makes an issue, and adds comments to it later. One of which nobody knows whether it was made is looked for among the newest with our label, by its key in the text.
 * https://docs.github.com/rest/issues/issues
 */
export function githubChannel(config: ChannelOf<'github'>, secret: string, options: HttpOptions): Channel {
  const issues = `${config.url.replace(/\/$/, '')}/repos/${config.repository}/issues`;
  const headers = {
    authorization: `Bearer ${secret}`,
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
  };
  const markOf = (key: string): string => `<!-- sluice ${key} -->`;
  const find = async (key: string, since: string): Promise<string | null> => {
    const query = new URLSearchParams({
      labels: LABEL,
      state: 'all',
      sort: 'created',
      direction: 'desc',
      per_page: '100',
      since,
    });
    const found = await sendHttp({ method: 'GET', url: `${issues}?${query.toString()}`, headers }, options);
    const list: readonly unknown[] = Array.isArray(found) ? found : [];
    const known = list.find((issue) => textIn(issue, 'body')?.includes(markOf(key)) === true);
    return textIn(known, 'number');
  };
  const create = async (message: AlertMessage, key: string): Promise<string | null> => {
    const body = {
      title: renderSubject(message),
      body: `${fenced(renderText(message))}\n${markOf(key)}\n`,
      labels: [LABEL, ...config.labels],
    };
    return textIn(await sendHttp({ method: 'POST', url: issues, headers, body }, options), 'number');
  };
  return {
    knowsRepeats: true,
    async send(message, { key, again, firstAt, reference }) {
      if (reference !== null) {
        await sendHttp(
          {
            method: 'POST',
            url: `${issues}/${reference}/comments`,
            headers,
            body: { body: fenced(renderText(message)) },
          },
          options,
        );
        return { reference, detail: null };
      }
      const known = again ? await find(key, firstAt) : null;
      return { reference: known ?? (await create(message, key)), detail: known === null ? null : 'it was made before' };
    },
  };
}

/** As text, so that nothing in it is read as Markdown, nor anybody mentioned. */
function fenced(text: string): string {
  return `\`\`\`text\n${text.replaceAll('```', "'''")}\`\`\``;
}
