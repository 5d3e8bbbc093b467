import { SluiceError } from './sluice-error';

/** The app has no page, or no file of its page, of that name. */
export class PageNotFoundError extends SluiceError {
  constructor(name: string, nextAction: string) {
    super(`There is no page '${name.slice(0, 120)}'.`, { class: 'persistent', code: 'page-not-found', nextAction });
  }
}
