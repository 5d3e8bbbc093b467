import { z } from 'zod';
import { duration, name } from './common';

const secret = z.string().regex(/^\$\{secret:[a-z0-9-]+\}$/, 'write ${secret:name}: a secret never stands in a file');
const https = z
  .string()
  .max(2000)
  .regex(
    /^(https:\/\/[^\s@/?#]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)(\/[^\s?#]*)?$/,
    'write https://host/path, without user, query or fragment',
  );
/** The address of a webhook is a secret, since whoever has it can post; on this machine it may stand in the file. */
const hook = z.union([
  secret,
  z
    .string()
    .max(2000)
    .regex(
      /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/[^\s#]*)?$/,
      'write ${secret:name}: whoever has the address can post',
    ),
]);
const host = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'write the name of a host, such as hooks.example.com')
  .describe('The host that the address must have: a secret that leads elsewhere is refused.');

const common = {
  otherwise: name.optional().describe('The channel that is taken where this one fails.'),
  timeout: duration.default('10s').describe('The longest that one attempt may take, such as 10s.'),
};
const mailAddress = z
  .string()
  .max(320)
  .regex(/^[^\s@,;<>]+@[^\s@,;<>]+$/, 'write one address, such as team@example.com');
const phone = z.string().regex(/^\+[1-9]\d{6,14}$/, "write a number as '+49301234567', in quotes");
const endpoint = https.describe('The endpoint of the Communication Services resource.');
const accessKey = secret
  .optional()
  .describe("${secret:name}, a key of the resource. Without it the app's identity is used.");
const fields = z
  .record(z.string().min(1).max(100), z.union([z.string().max(1000), z.number(), z.boolean()]))
  .default({})
  .describe('Further fields of the ticket, by name.');

const log = z.strictObject({ kind: z.literal('log').describe('The log of the app: for development.'), ...common });
const webhook = z.strictObject({
  kind: z.literal('webhook').describe('A web address that takes the alert as JSON.'),
  url: hook.describe('${secret:name}, the address.'),
  host: host.optional(),
  ...common,
});
const teams = z.strictObject({
  kind: z.literal('teams').describe('A workflow of Microsoft Teams that takes an Adaptive Card.'),
  url: hook.describe('${secret:name}, the address of the workflow.'),
  host: host.optional(),
  ...common,
});
const mail = z.strictObject({
  kind: z.literal('mail').describe('Mail by Azure Communication Services.'),
  endpoint,
  accessKey,
  from: mailAddress.describe('The sender, of a domain that the resource has verified.'),
  to: z.array(mailAddress).min(1).max(50).describe('Who gets it.'),
  ...common,
});
const sms = z.strictObject({
  kind: z.literal('sms').describe('Text messages by Azure Communication Services.'),
  endpoint,
  accessKey,
  from: z
    .union([phone, z.string().regex(/^[A-Za-z0-9 ]{1,11}$/, 'a sender has at most 11 letters and digits')])
    .describe('The number or the sender that the resource owns.'),
  to: z.array(phone).min(1).max(20).describe('Numbers with country code.'),
  ...common,
});
const serviceNow = z.strictObject({
  kind: z.literal('serviceNow').describe('A ticket in ServiceNow.'),
  url: https.describe('The instance, such as https://example.service-now.com.'),
  user: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The user; with it the secret is a password, without it a token.'),
  secret: secret.describe('${secret:name}, the password or token.'),
  table: z
    .string()
    .regex(/^[a-z0-9_]{1,80}$/, 'a table is named in lower case')
    .default('incident')
    .describe('Where tickets are made.'),
  fields,
  ...common,
});
const jira = z.strictObject({
  kind: z.literal('jira').describe('A ticket in Jira.'),
  url: https.describe('The site, such as https://example.atlassian.net.'),
  user: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The user; with it the secret is an API token, without it a bearer token.'),
  secret: secret.describe('${secret:name}, the token.'),
  project: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{1,9}$/, 'a project key is in capitals, such as OPS')
    .describe('The key of the project.'),
  issueType: z.string().min(1).max(60).default('Bug').describe('The type of the ticket.'),
  fields,
  ...common,
});
const github = z.strictObject({
  kind: z.literal('github').describe('An issue in GitHub.'),
  url: https.default('https://api.github.com').describe('The API.'),
  secret: secret.describe('${secret:name}, a token that may write issues.'),
  repository: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/, 'write owner/name')
    .describe('owner/name.'),
  labels: z.array(z.string().min(1).max(50)).max(20).default([]).describe('Further labels.'),
  ...common,
});

export const alertChannel = z.discriminatedUnion('kind', [log, webhook, teams, mail, sms, serviceNow, jira, github]);
export { secret as alertSecret };

export type ChannelConfig = z.infer<typeof alertChannel>;
export type ChannelOf<K extends ChannelConfig['kind']> = Extract<ChannelConfig, { readonly kind: K }>;
