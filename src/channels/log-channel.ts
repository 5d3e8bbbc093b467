import type { AlertMessage } from '../model/alert-group';
import type { Channel } from './channel';
import { renderText } from './render-text';

/** Writes messages to the log of the app. */
export function logChannel(write: (message: AlertMessage, text: string) => void): Channel {
  return {
    knowsRepeats: false,
    async send(message) {
      write(message, renderText(message));
      return { reference: null, detail: null };
    },
  };
}
