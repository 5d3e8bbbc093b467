import type { ChannelOf } from '../config/schema/alert-channel';
import type { AlertMessage } from '../model/alert-group';
import type { Channel } from './channel';
import { renderSubject, renderText } from './render-text';
import { sendHttp, type HttpOptions } from './send-http';
import { authorizationOf, textIn } from './ticket';

/**
 * Makes an issue, and adds comments to it later. One of which nobody knows whether it was made is looked for by its label.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v2/intro/
 */
export function jiraChannel(config: ChannelOf<'jira'>, secret: string, options: HttpOptions): Channel {
  const api = `${config.url.replace(/\/$/, '')}/rest/api/2`;
  const headers = { authorization: authorizationOf(config.user, secret) };
  const labelOf = (key: string): string => `sluice-${key}`;
  const find = async (key: string): Promise<string | null> => {
    const query = new URLSearchParams({
      jql: `project = "${config.project}" AND labels = "${labelOf(key)}"`,
      fields: 'key',
      maxResults: '1',
    });
    return textIn(
      await sendHttp({ method: 'GET', url: `${api}/search/jql?${query.toString()}`, headers }, options),
      'issues',
      0,
      'key',
    );
  };
  const create = async (message: AlertMessage, key: string): Promise<string | null> => {
    const fields = {
      project: { key: config.project },
      issuetype: { name: config.issueType },
      summary: renderSubject(message),
      description: renderText(message),
      labels: ['sluice', labelOf(key)],
      ...config.fields,
    };
    return textIn(await sendHttp({ method: 'POST', url: `${api}/issue`, headers, body: { fields } }, options), 'key');
  };
  return {
    knowsRepeats: true,
    async send(message, { key, again, reference }) {
      if (reference !== null) {
        await sendHttp(
          { method: 'POST', url: `${api}/issue/${reference}/comment`, headers, body: { body: renderText(message) } },
          options,
        );
        return { reference, detail: null };
      }
      const known = again ? await find(key) : null;
      return { reference: known ?? (await create(message, key)), detail: known === null ? null : 'it was made before' };
    },
  };
}
