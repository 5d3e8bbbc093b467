export const SOURCES = [
  'Csv',
  'Plain',
  'Json',
  'Http',
  'Crm',
  'Tables',
  'Broken',
  'Headless',
  'Bytes',
  'Refused',
] as const;

/**
 * What a test hides in every input, to look for it afterwards. Each value is a text of its own that nothing else in the world holds, so that
 * one that is found tells where it came from.
 */
export const SECRETS = {
  wrongPassword: 'planted-wrong-password-7f3a',
  apiKeyInHeader: 'planted-header-key-19bc',
  apiKeyInQuery: 'planted-query-key-52de',
  basicPassword: 'planted/basic+password=8841',
  clientSecret: 'planted client secret & more 0c77',
  accessToken: 'planted-access-token-e6d1.part.two',
  functionKey: 'planted-function-key-a902',
  bearer: 'planted-bearer-of-a-caller-3b5c',
  signature: 'cGxhbnRlZC1zaWduYXR1cmUtNGQ2ZQ/+x=',
  salt: 'planted-salt-of-a-mask-f00b',
  hook: 'planted-signature-of-a-webhook-77ce',
  links: 'planted-secret-that-signs-links-of-alerts-d41b',
} as const;

/** Personal data that a pipeline masks: nowhere but in the data itself. Every source has people of its own. */
export interface Person {
  readonly fullName: string;
  readonly email: string;
  readonly card: string;
}

const personOf = (source: string, index: number): Person => ({
  fullName: `Planted${source} Personson${index}`,
  email: `planted.${source.toLowerCase()}${index}@person.example`,
  card: `4111-${1000 + index}-${7770 + SOURCES.indexOf(source as never)}-${8000 + index}`,
});

/** Three people for each source, by its name. */
export const peopleOf = (source: string): readonly [Person, Person, Person] => [
  personOf(source, 1),
  personOf(source, 2),
  personOf(source, 3),
];

/** Every text to be looked for, with the name by which a finding is called. */
export function plantedTexts(): ReadonlyMap<string, string> {
  const people = SOURCES.flatMap((source) =>
    peopleOf(source).flatMap((person, index) =>
      Object.entries(person).map(([what, text]): [string, string] => [
        `${what} of ${source} ${index + 1}`,
        text as string,
      ]),
    ),
  );
  return new Map([...Object.entries(SECRETS).flatMap(([name, text]) => formsOf(name, text)), ...people]);
}

/** A secret as it is, as URLs, forms, JSON and Base64 write it, alone and behind a user. */
function formsOf(name: string, text: string): [string, string][] {
  const forms = {
    [name]: text,
    [`${name} in a URL`]: encodeURIComponent(text),
    [`${name} in a form`]: new URLSearchParams({ v: text }).toString().slice(2),
    [`${name} in Base64`]: Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1),
    [`${name} behind a user`]: Buffer.from(`sluice:${text}`).toString('base64').replace(/=+$/, '').slice(10, -1),
  };
  return Object.entries(forms);
}
