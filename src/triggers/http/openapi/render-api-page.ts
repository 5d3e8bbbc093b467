import { createHash } from 'node:crypto';
import { html, type Html } from './html';
import type { ApiAnswer, ApiDocument, ApiOperation, ApiParameter } from './openapi-document';
import { schemaText } from './schema-text';

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#16202b, #e8edf2); --soft: light-dark(#4a5866, #aab6c2); --line: light-dark(#d5dce3, #33404d);
  --ground: light-dark(#fff, #11181f); --raised: light-dark(#f4f6f8, #1a232c); --accent: light-dark(#0b5cad, #7cb8f7); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--ground); padding: .5rem; }
header, main, nav { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
h1 { margin: 2rem 0 .25rem; } h2 { margin: 2.5rem 0 .25rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { margin: 2rem 0 .25rem; font-size: 1.05rem; overflow-wrap: anywhere; } h4 { margin: 1rem 0 .25rem; font-size: .9rem; color: var(--soft); }
nav ul { columns: 18rem; padding: 0; list-style: none; font-size: .9rem; } nav li { break-inside: avoid; overflow-wrap: anywhere; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow-x: auto; font-size: .82rem; line-height: 1.45; }
code, pre, .method { font-family: ui-monospace, monospace; } i { color: var(--soft); }
.method { display: inline-block; min-width: 4.2em; font-weight: 700; } .role { color: var(--soft); font-size: .9rem; }
.table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; } th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
`;

/** The policy of the page: no script at all, and no style but its own. */
export const API_PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The description of the API as one page, readable without scripts. */
export function renderApiPage(document: ApiDocument): string {
  const { info, tags, components, servers } = document;
  const base = servers[0]?.url ?? '';
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path: `${base}${path}`, method, operation })),
  );
  const style: Html = { html: `<style>${STYLE}</style>` };
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Sluice: the HTTP API</title>
        ${style}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the routes</a>
        <header>
          <h1>The HTTP API of ${info.title}</h1>
          <p>${inline(info.description)} For programs: <a href="${base}/openapi.json">openapi.json</a>.</p>
        </header>
        <nav aria-label="Routes">
          <ul>
            ${operations.map(
              ({ path, method, operation }) =>
                html`<li>
                  <span class="method">${method.toUpperCase()}</span> <a href="#${operation.operationId}">${path}</a>
                </li>`,
            )}
          </ul>
        </nav>
        <main id="main">
          ${tags.map(
            ({ name, description }) =>
              html`<h2>${name}</h2>
                <p>${description}</p>
                ${operations
                  .filter(({ operation }) => operation.tags.includes(name))
                  .map(({ path, method, operation }) => renderOperation(path, method, operation))}`,
          )}
          <h2>Schemas</h2>
          ${Object.entries(components.schemas).map(
            ([name, schema]) =>
              html`<section id="schema-${name}">
                <h3>${name}</h3>
                <p>${typeof schema['description'] === 'string' ? inline(schema['description']) : ''}</p>
                ${code(schemaText(schema))}
              </section>`,
          )}
        </main>
      </body>
    </html>`;
  return page.html;
}

function renderOperation(path: string, method: string, operation: ApiOperation): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const body = requestBody?.content?.['application/json'];
  const answers = Object.entries(responses);
  return html`<section aria-labelledby="${operationId}">
    <h3 id="${operationId}"><span class="method">${method.toUpperCase()}</span> ${path}</h3>
    <p><strong>${summary}.</strong> ${inline(description)}</p>
    ${parameters.length === 0 ? '' : renderParameters(parameters)}
    ${
      body === undefined
        ? ''
        : html`<h4>Body${requestBody?.required === true ? '' : ' (may be left out)'}</h4>
            ${code(schemaText(body.schema))} ${example(body.example)}`
    }
    ${answers.filter(([status]) => Number(status) < 300).map(([status, answer]) => renderAnswer(status, answer))}
    <h4>Problems</h4>
    <ul>
      ${answers
        .filter(([status]) => Number(status) >= 300)
        .map(([status, answer]) => html`<li>${status}: ${inline(answer.description)}</li>`)}
    </ul>
  </section>`;
}

function renderAnswer(status: string, { description, content = {} }: ApiAnswer): Html {
  return html`<h4>Answer ${status}</h4>
    <p>${inline(description)}</p>
    ${Object.values(content).map(({ schema, example: shown }) => html`${code(schemaText(schema))} ${example(shown)}`)}`;
}

function renderParameters(parameters: readonly ApiParameter[]): Html {
  return html`<div class="table" tabindex="0" role="group" aria-label="Parameters">
    <table>
      <thead>
        <tr>
          <th scope="col">parameter</th>
          <th scope="col">in</th>
          <th scope="col">type</th>
          <th scope="col">means</th>
        </tr>
      </thead>
      <tbody>
        ${parameters.map(
          ({ name, in: place, required, schema, description = '' }) =>
            html`<tr>
              <td><code>${name}</code>${required ? '' : ' (optional)'}</td>
              <td>${place}</td>
              <td><code>${schemaText(schema)}</code></td>
              <td>${inline(description)} ${limits(schema)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function limits({ minimum, maximum, default: unless }: Readonly<Record<string, unknown>>): string {
  const said = [
    minimum === undefined || maximum === undefined ? '' : `${JSON.stringify(minimum)} to ${JSON.stringify(maximum)}`,
    unless === undefined ? '' : `${JSON.stringify(unless)} unless given`,
  ].filter((part) => part !== '');
  return said.length === 0 ? '' : `(${said.join(', ')})`;
}

function code(text: Html): Html {
  return html`<pre tabindex="0">${text}</pre>`;
}

function example(value: unknown): Html {
  if (value === undefined) return html``;
  return html`<p class="role">For example:</p>
    <pre tabindex="0">${JSON.stringify(value, null, 2)}</pre>`;
}

/** Text with `code` in it. */
function inline(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
