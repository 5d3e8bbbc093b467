import type { HttpRequest } from '@azure/functions';
import { toFailure } from '../../errors/to-failure';
import type { Alert } from '../../model/alert';
import { readToken, type TokenClaims } from '../../platform/signed-token';
import { acknowledgeAlert } from '../alerts/acknowledge-alert';
import type { TriggerServices } from '../trigger-services';
import type { Answer, Route } from './handle';
import { html, type Html } from './openapi/html';

/** Nothing is loaded, nothing runs, nobody frames it; the form goes back to where it came from. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** `GET /api/alert-links/{token}`: asks whether to acknowledge; changes nothing, since mail scanners follow links. */
export const showAlertLink: Route = async (services, request) => {
  const opened = await open(services, request);
  if ('refusal' in opened) return opened.refusal;
  const { alerts } = opened;
  const list = alerts.map(({ severity, title }) => html`<li><strong>${severity}</strong> ${title}</li>`);
  return page(
    200,
    'Acknowledge',
    html`<ul>
        ${list}
      </ul>
      <p>You say that you look after it: nobody further is told.</p>
      <form method="post"><button type="submit">Acknowledge</button></form>`,
  );
};

/** `POST /api/alert-links/{token}`: acknowledges all open alerts of the group; once. */
export const useAlertLink: Route = async (services, request, client) => {
  const opened = await open(services, request);
  if ('refusal' in opened) return opened.refusal;
  const { claims, alerts } = opened;
  if (!(await services.stores.alertGroups.useToken(claims.nonce, services.clock.now()))) return used();
  for (const { id, state } of alerts) {
    if (state !== 'open') continue;
    try {
      await acknowledgeAlert(services, client, id, { by: `link:${claims.channel}`, note: 'by the link of a message' });
    } catch (error) {
      // Resolved at this moment.
      if (toFailure(error).code !== 'alert-resolved') throw error;
    }
  }
  return page(200, 'Acknowledged', html`<p>Nobody further is told. What comes anew is told of again.</p>`);
};

type Opened = { readonly claims: TokenClaims; readonly alerts: readonly Alert[] } | { readonly refusal: Answer };

async function open(services: TriggerServices, request: HttpRequest): Promise<Opened> {
  const { stores, links, clock } = services;
  const secret = await links.linkSecret();
  const claims = secret === null ? null : readToken(request.params['token'] ?? '', secret);
  if (claims === null) return { refusal: page(404, 'Not found', html`<p>This link is not one of ours.</p>`) };
  if (claims.expires * 1000 <= clock.nowMs()) {
    return {
      refusal: page(
        410,
        'Expired',
        html`<p>This link has expired. Acknowledge with <code>sluice alerts ack</code>.</p>`,
      ),
    };
  }
  if (await stores.alertGroups.isTokenUsed(claims.nonce)) return { refusal: used() };
  const group = await stores.alertGroups.get(claims.group);
  const found = await Promise.all((group?.alerts ?? []).map((id) => stores.alerts.get(id)));
  const alerts = found.filter((alert) => alert !== null && alert.state !== 'resolved') as Alert[];
  if (alerts.length === 0)
    return { refusal: page(410, 'Over', html`<p>These alerts are resolved: there is nothing to acknowledge.</p>`) };
  return { claims, alerts };
}

function used(): Answer {
  return page(
    410,
    'Used',
    html`<p>This link was used before. <code>sluice alerts list</code> shows how the alerts stand.</p>`,
  );
}

function page(status: number, title: string, body: Html): Answer {
  const whole = html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="robots" content="noindex" />
        <title>${title} - Sluice</title>
        <style>
          body {
            font: 16px/1.5 sans-serif;
            max-width: 40rem;
            margin: 3rem auto;
            padding: 0 1rem;
          }
          button {
            font: inherit;
            padding: 0.5rem 1rem;
          }
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        ${body}
      </body>
    </html> `;
  return {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': POLICY,
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
    body: whole.html,
  };
}
