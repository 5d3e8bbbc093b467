import type { Channel } from './channel';
import { renderCard } from './render-card';
import { sendHttp, type HttpOptions } from './send-http';

/** Posts an Adaptive Card to a workflow of Teams, which knows no repetitions. */
export function teamsChannel(url: string, options: HttpOptions): Channel {
  return {
    knowsRepeats: false,
    async send(message) {
      await sendHttp({ method: 'POST', url, body: renderCard(message) }, options);
      return { reference: null, detail: null };
    },
  };
}
