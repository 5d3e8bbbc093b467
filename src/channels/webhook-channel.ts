import type { Channel } from './channel';
import { sendHttp, type HttpOptions } from './send-http';

/** Posts the message as JSON. Whoever takes it can tell repetitions by the header `Idempotency-Key`; we cannot know whether it does. */
export function webhookChannel(url: string, options: HttpOptions): Channel {
  return {
    knowsRepeats: false,
    async send(message, { key }) {
      await sendHttp({ method: 'POST', url, headers: { 'idempotency-key': key }, body: message }, options);
      return { reference: null, detail: null };
    },
  };
}
