import type { ChannelOf } from '../config/schema/alert-channel';
import type { AlertMessage } from '../model/alert-group';
import type { Channel } from './channel';
import { authorizationOf, textIn } from './ticket';
import { renderSubject, renderText } from './render-text';
import { sendHttp, type HttpOptions } from './send-http';

/** Urgency and impact, from 1, the highest. */
const URGENCY = { info: '3', warning: '3', error: '2', critical: '1' } as const;

/**
 * Makes an incident by the Table API, and adds work notes to it later. A ticket of which nobody knows whether it was made is looked for by its `correlation_id`.
 * https://www.servicenow.com/docs/bundle/zurich-api-reference/page/integrate/inbound-rest/concept/c_TableAPI.html
 */
export function serviceNowChannel(config: ChannelOf<'serviceNow'>, secret: string, options: HttpOptions): Channel {
  const table = `${config.url.replace(/\/$/, '')}/api/now/table/${config.table}`;
  const headers = { authorization: authorizationOf(config.user, secret) };
  const find = async (key: string): Promise<string | null> => {
    const query = new URLSearchParams({
      sysparm_query: `correlation_id=${key}`,
      sysparm_fields: 'sys_id',
      sysparm_limit: '1',
    });
    const found = await sendHttp({ method: 'GET', url: `${table}?${query.toString()}`, headers }, options);
    return textIn(found, 'result', 0, 'sys_id');
  };
  const create = async (message: AlertMessage, key: string): Promise<string | null> => {
    const body = {
      short_description: renderSubject(message).slice(0, 160),
      description: renderText(message),
      correlation_id: key,
      correlation_display: 'Sluice',
      urgency: URGENCY[message.severity],
      impact: URGENCY[message.severity],
      ...config.fields,
    };
    return textIn(await sendHttp({ method: 'POST', url: table, headers, body }, options), 'result', 'sys_id');
  };
  return {
    knowsRepeats: true,
    async send(message, { key, again, reference }) {
      if (reference !== null) {
        await sendHttp(
          { method: 'PATCH', url: `${table}/${reference}`, headers, body: { work_notes: renderText(message) } },
          options,
        );
        return { reference, detail: null };
      }
      const known = again ? await find(key) : null;
      return { reference: known ?? (await create(message, key)), detail: known === null ? null : 'it was made before' };
    },
  };
}
