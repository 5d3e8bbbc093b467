import { createHash } from 'node:crypto';
import { SmsClient, type SmsSendResult } from '@azure/communication-sms';
import type { TokenCredential } from '@azure/identity';
import type { ChannelOf } from '../config/schema/alert-channel';
import { AlertNotSentError } from '../errors/alert-not-sent-error';
import type { Channel, Delivery } from './channel';
import { clientOptions, notSent } from './communication-options';
import { renderSms } from './render-sms';
import type { HttpOptions } from './send-http';

interface SmsBody {
  readonly smsRecipients: readonly { readonly to: string }[];
}

/**
 * Text messages by Azure Communication Services. The client makes up a new repeatability id for each call; ours follows from the message, so that the service
 * knows one that comes twice.
 * https://learn.microsoft.com/rest/api/communication/sms/sms/send
 */
export function smsChannel(
  { endpoint, from, to }: ChannelOf<'sms'>,
  credential: TokenCredential | { readonly key: string },
  options: HttpOptions,
): Channel {
  return {
    knowsRepeats: true,
    async send(message, delivery) {
      const client = new SmsClient(endpoint, credential as { key: string }, {
        ...clientOptions(options),
        additionalPolicies: [{ position: 'perCall', policy: repeatable(delivery) }],
      });
      let results: readonly SmsSendResult[];
      try {
        results = await client.send(
          { from, to: [...to], message: renderSms(message) },
          { abortSignal: AbortSignal.timeout(options.timeoutMs) },
        );
      } catch (error) {
        throw notSent(error, options);
      }
      return judge(results, options.channel);
    },
  };
}

/** Numbers that did not take it are named by their last digits; where none did, it was not sent. */
function judge(results: readonly SmsSendResult[], channel: string) {
  const failed = results.filter(({ successful }) => !successful);
  const said = failed.map(({ to, httpStatusCode, errorMessage }) =>
    `…${to.slice(-3)}: HTTP ${httpStatusCode} ${errorMessage ?? ''}`.trim(),
  );
  if (failed.length === results.length) {
    const passes = failed.some(({ httpStatusCode }) => httpStatusCode === 429 || httpStatusCode >= 500);
    throw new AlertNotSentError(channel, said.join('; ') || 'no number took it', { fate: 'refused', passes });
  }
  return { reference: null, detail: said.length === 0 ? null : `not taken by ${said.join('; ')}` };
}

/** Puts our ids in place of those that the client made up; before the request is signed. */
function repeatable({ key, firstAt }: Pick<Delivery, 'key' | 'firstAt'>) {
  const repeatabilityFirstSent = new Date(firstAt).toUTCString();
  return {
    name: 'sluiceRepeatability',
    sendRequest: <T extends { body?: unknown }, R>(request: T, next: (request: T) => Promise<R>): Promise<R> => {
      const body = JSON.parse(String(request.body)) as SmsBody;
      const smsRecipients = body.smsRecipients.map((recipient) => ({
        ...recipient,
        repeatabilityRequestId: idOf(`${key}\n${recipient.to}`),
        repeatabilityFirstSent,
      }));
      request.body = JSON.stringify({ ...body, smsRecipients });
      return next(request);
    },
  };
}

/** A UUID that follows from a text. */
function idOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
