import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PageNotFoundError } from '../../errors/page-not-found-error';
import type { Route } from './handle';

/** `GET /api/runbooks/{code}`: the page of a failure's code, as Markdown. It is deployed with the app, so it is of its version. */
export const readRunbook: Route = async ({ pagesFolder }, request) => {
  const code = request.params['code'] ?? '';
  const markdown = /^[a-z][a-z0-9-]{0,63}$/.test(code)
    ? await readFile(path.join(pagesFolder, 'runbooks', `${code}.md`), 'utf8').catch(() => null)
    : null;
  if (markdown === null)
    throw new PageNotFoundError(`runbooks/${code}`, 'The codes that there are stand in docs/runbooks.');
  const title = /^# (.*)$/m.exec(markdown)?.[1] ?? code;
  return { headers: { 'Cache-Control': 'private, max-age=300' }, jsonBody: { code, title, markdown } };
};
