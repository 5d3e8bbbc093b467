import { EmailClient, type EmailMessage } from '@azure/communication-email';
import type { TokenCredential } from '@azure/identity';
import type { ChannelOf } from '../config/schema/alert-channel';
import { AlertNotSentError } from '../errors/alert-not-sent-error';
import { reasonOf } from '../errors/reason-of';
import type { Channel } from './channel';
import { clientOptions, notSent } from './communication-options';
import { renderHtml } from './render-html';
import { renderSubject, renderText } from './render-text';
import type { HttpOptions } from './send-http';

/**
 * Mail by Azure Communication Services. The key of the message is the id of the service's operation: where nobody knows what became of an attempt, the service
 * is asked for that operation before the mail is sent again.
 */
export function mailChannel(
  { endpoint, from, to }: ChannelOf<'mail'>,
  credential: TokenCredential | { readonly key: string },
  options: HttpOptions,
): Channel {
  const client = new EmailClient(endpoint, credential, clientOptions(options));
  const begin = (message: EmailMessage, key: string, resume: boolean) =>
    client.beginSend(message, {
      operationId: key,
      updateIntervalInMs: 1_000,
      abortSignal: AbortSignal.timeout(options.timeoutMs),
      ...(resume && { resumeFrom: operationOf(endpoint, key) }),
    });
  return {
    knowsRepeats: true,
    async send(message, { key, again }) {
      const mail: EmailMessage = {
        senderAddress: from,
        recipients: { to: to.map((address) => ({ address })) },
        content: { subject: renderSubject(message), plainText: renderText(message), html: renderHtml(message) },
        disableUserEngagementTracking: true,
      };
      try {
        const accepted = again ? await acceptedBefore(() => begin(mail, key, true)) : null;
        const poller = accepted ?? (await begin(mail, key, false));
        const { status, error } = poller.getOperationState();
        if (status === 'failed' || status === 'canceled') {
          throw new AlertNotSentError(options.channel, error?.message ?? status, { fate: 'refused', passes: false });
        }
        return { reference: null, detail: accepted === null ? null : 'it was accepted before' };
      } catch (error) {
        throw givenUp(error, options) ?? notSent(error, options);
      }
    },
  };
}

/** What the client says of an operation that the service ended without success; null for anything else. */
function givenUp(error: unknown, { channel }: HttpOptions): AlertNotSentError | null {
  const reason = reasonOf(error);
  if (!reason.startsWith('The long-running operation has ')) return null;
  return new AlertNotSentError(channel, reason, { fate: 'refused', passes: false, cause: error });
}

/** Null where the service does not know the operation. */
async function acceptedBefore<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if ((error as { readonly statusCode?: number }).statusCode === 404) return null;
    throw error;
  }
}

/** The state of the client's poller for an operation that was begun before. */
function operationOf(endpoint: string, key: string): string {
  const operationLocation = `${endpoint.replace(/\/$/, '')}/emails/operations/${key}?api-version=2023-03-31`;
  const config = {
    operationLocation,
    requestMethod: 'POST',
    requestUrl: '/emails:send',
    metadata: { mode: 'OperationLocation' },
  };
  return JSON.stringify({ state: { status: 'running', config } });
}
