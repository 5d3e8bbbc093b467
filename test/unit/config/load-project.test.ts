import { loadProject, type LoadedProject } from '../../../src/config/load-project';
import { CONNECTIONS, minimalPipeline, projectFolder, removeFolders } from './support/project-folder';

afterEach(removeFolders);

function load(
  files: Readonly<Record<string, string>>,
  options: { environment?: string; env?: Record<string, string> } = {},
): LoadedProject & { folder: string } {
  const folder = projectFolder({ 'connections.yaml': CONNECTIONS, ...files });
  return { ...loadProject({ folder, environment: 'local', env: {}, ...options }), folder };
}

/** A problem in one line, its file without the folder. */
function lines({ problems, folder }: { problems: LoadedProject['problems']; folder: string }): string[] {
  return problems.map(
    ({ file, line, column, path, code, message, value, fix }) =>
      `${file.slice(folder.length + 1)}:${line}:${column} ${code} ${path} | ${message} | ${String(value)} | ${fix}`,
  );
}

describe('a sound project', () => {
  test('is read with defaults, and its secrets stay unresolved', () => {
    const { project, problems } = load({ 'a.yaml': minimalPipeline('a') });
    expect(problems).toEqual([]);
    expect(project?.pipelines['a']).toMatchObject({
      pipeline: 'a',
      dependsOn: [],
      concurrency: { limit: 1, onOverlap: 'queue' },
      source: { connection: 'landing', partitions: { min: 1 } },
      verify: [{ rowCount: 'exact' }],
      retry: { maxAttempts: 5 },
    });
    expect(project?.connections['warehouse']).toMatchObject({
      port: 5432,
      password: '${secret:pw}',
      tls: 'verify-full',
    });
  });

  test('says where everything stands', () => {
    const loaded = load({ 'a.yaml': minimalPipeline('a', 'transform:\n  - derive:\n      x: 1 + 1\n') });
    expect(loaded.locate('a', 'transform[0].derive.x')).toEqual({
      file: `${loaded.folder}/a.yaml`,
      line: 6,
      column: 10,
      value: '1 + 1',
    });
    expect(loaded.locate('a', ['transform', 0, 'derive', 'gone'])).toMatchObject({ line: 5, column: 5, value: null });
    expect(loaded.locateConnection('landing', 'container')).toMatchObject({ line: 2, column: 37, value: 'landing' });
  });
});

describe('a problem has its place, value and fix', () => {
  test.each<[string, string, string]>([
    [
      'an unknown key points at the key',
      'dependson: [b]',
      "a.yaml:4:1 unknown-key dependson | unknown key 'dependson' | dependson | Did you mean 'dependsOn'?",
    ],
    [
      'an unknown step is named',
      'transform:\n  - derrive: { a: b }',
      "a.yaml:5:5 unknown-step transform[0].derrive | unknown step 'derrive' | derrive | Did you mean 'derive'?",
    ],
    [
      'an unknown check is named',
      'checks:\n  - notNul: [a]',
      "a.yaml:5:5 unknown-check checks[0].notNul | unknown check 'notNul' | notNul | Did you mean 'notNull'?",
    ],
    [
      'a fault inside a step is the step’s own',
      'transform:\n  - rule: { when: x > 1 }',
      "a.yaml:5:5 missing-key transform[0].rule.set | the key 'set' is missing | null | Add 'set:' here: columns to expressions, for rows for which the rule holds.",
    ],
    [
      'two steps in one are told apart',
      'transform:\n  - filter: a\n    drop: [b]',
      "a.yaml:6:5 several-in-one transform[0].drop | one step has one key, but here are filter and drop | drop | Begin a new list item with a hyphen for 'drop'.",
    ],
    [
      'a step that is a text',
      'transform: [snake_case]',
      'a.yaml:4:13 wrong-type transform[0] | must be a map of keys, but is a text | snake_case | Write the step as a map with one of the keys: cast, rename, select, drop, derive, filter, cleanse, deduplicate, lookup, rule, rules, aggregate, unnest, sql, mask.',
    ],
    [
      'an empty step',
      'transform: [{ }]',
      'a.yaml:4:13 empty-item transform[0] | this step is empty | null | Write one of the keys: cast, rename, select, drop, derive, filter, cleanse, deduplicate, lookup, rule, rules, aggregate, unnest, sql, mask.',
    ],
    [
      'a wrong type',
      'retry: { maxAttempts: often }',
      'a.yaml:4:23 wrong-type retry.maxAttempts | must be a number, but is a text | often | Write a number. It means: attempts of one partition in one step, with the first.',
    ],
    [
      'a value out of bounds',
      'retry: { maxAttempts: 21 }',
      'a.yaml:4:23 invalid-value retry.maxAttempts | must be at most 20 | 21 | Correct the value: attempts of one partition in one step, with the first.',
    ],
    [
      'a value of a fixed set',
      'concurrency: { onOverlap: que }',
      "a.yaml:4:27 invalid-value concurrency.onOverlap | must be one of queue, skip, fail | que | Did you mean 'queue'?",
    ],
    [
      'an unknown column type',
      'transform:\n  - cast: { a: intger }',
      'a.yaml:5:16 invalid-value transform[0].cast.a | a type is string, boolean, integer, bigint, double, decimal(p,s), date, time, timestamp, timestamptz, uuid, json or binary | intger | Correct the value.',
    ],
    [
      'a kept column name',
      'transform:\n  - derive: { _sluice_x: 1 + 1 }',
      "a.yaml:5:15 invalid-key transform[0].derive._sluice_x | '_sluice_x' cannot be used as a name here | _sluice_x | Names that begin with _sluice_ are kept for Sluice.",
    ],
    [
      'a key that stands twice',
      'owner: me\nowner: you',
      "a.yaml:5:1 duplicate-key owner | the key 'owner' stands twice: first in line 4 | owner | Keep one of the two.",
    ],
    [
      'a schedule that is none',
      "trigger: { schedule: { cron: '0 25 * * *' } }",
      "a.yaml:4:30 invalid-cron trigger.schedule.cron | '0 25 * * *' is no schedule: Invalid value for hour: 25 | '0 25 * * *' | Write five fields: minute, hour, day of month, month, day of week; 0 2 * * * is every day at 02:00.",
    ],
    [
      'a schedule that is never due',
      "trigger: { schedule: { cron: '0 0 30 2 *' } }",
      "a.yaml:4:30 invalid-cron trigger.schedule.cron | '0 0 30 2 *' is never due | '0 0 30 2 *' | Choose a day that its month has.",
    ],
    [
      'a schedule with six fields',
      "trigger: { schedule: { cron: '0 0 2 * * *' } }",
      "a.yaml:4:30 invalid-cron trigger.schedule.cron | '0 0 2 * * *' does not have five fields | '0 0 2 * * *' | Write five fields: minute, hour, day of month, month, day of week; 0 2 * * * is every day at 02:00.",
    ],
    [
      'an unknown time zone',
      "trigger: { schedule: { cron: '0 2 * * *', timeZone: Europe/Berln } }",
      "a.yaml:4:53 unknown-time-zone trigger.schedule.timeZone | there is no time zone 'Europe/Berln' | Europe/Berln | Did you mean 'Europe/Berlin'?",
    ],
    [
      'a dependency that does not exist',
      'dependsOn: [aa]',
      "a.yaml:4:13 unknown-pipeline dependsOn[0] | there is no pipeline 'aa' | aa | There are no pipelines.",
    ],
    [
      'a lookup that is not in dependsOn',
      'transform:\n  - lookup: { from: a, match: { x: y }, take: { z: z } }',
      "a.yaml:5:21 missing-dependency transform[0].lookup.from | the lookup reads 'a', which is not in dependsOn | a | Add a to dependsOn, so that it is loaded first.",
    ],
    [
      'an unknown parameter',
      "parameters: { since: { type: date } }\ntransform:\n  - filter: 'd > ${param:sinc}'",
      "a.yaml:6:13 unknown-parameter transform[0].filter | there is no parameter 'sinc' | 'd > ${param:sinc}' | Did you mean 'since'?",
    ],
    [
      'a parameter inside quotes, where its value could end them',
      "parameters: { name: { type: string } }\nverify:\n  - sql: SELECT count(*) > 0 FROM t WHERE n = '${param:name}'",
      "a.yaml:6:10 quoted-parameter verify[0].sql | ${param:name} stands inside quotes or a comment | SELECT count(*) > 0 FROM t WHERE n = '${param:name}' | Take away the quotes around it: it becomes a literal of its type by itself.",
    ],
    [
      'a default that is none of the values',
      'parameters: { region: { type: string, values: [eu, us], default: uk } }',
      'a.yaml:4:66 wrong-type parameters.region.default | must be one of eu, us | uk | Write one of eu, us.',
    ],
    [
      'a default out of bounds',
      'parameters: { since: { type: date, min: 2001-01-01, default: 2000-12-31 } }',
      'a.yaml:4:62 wrong-type parameters.since.default | must be at least 2001-01-01 | 2000-12-31 | Write at least 2001-01-01.',
    ],
    [
      'a bound of another type',
      'parameters: { limit: { type: integer, max: many } }',
      'a.yaml:4:44 wrong-type parameters.limit.max | must be a whole number | many | Write values and bounds of the type, min not above max; bounds are for numbers and dates.',
    ],
    [
      'a parameter that nobody gives a value',
      "trigger: { schedule: { cron: '0 2 * * *' } }\nparameters: { day: { type: date } }",
      "a.yaml:5:20 parameter-without-default parameters.day | 'day' has no default, and nobody gives it a value when the pipeline's trigger starts it | { type: date } | Give it a default: a date such as 2001-12-31.",
    ],
    [
      'a default of another type',
      'parameters: { since: { type: date, default: 2001-02-30 } }',
      'a.yaml:4:45 wrong-type parameters.since.default | must be a date such as 2001-12-31 | 2001-02-30 | Write a date such as 2001-12-31.',
    ],
    [
      'a secret outside a connection',
      "owner: '${secret:pw}'",
      "a.yaml:4:8 secret-not-allowed owner | a secret cannot stand in a pipeline | '${secret:pw}' | Put the secret into a connection, as its password, or into the salt of a mask step.",
    ],
    [
      'a range that is empty',
      'checks:\n  - range: { column: a, min: 5, max: 3 }',
      'a.yaml:5:30 empty-range checks[0].range.min | min 5 is more than max 3 | 5 | Swap the two.',
    ],
    [
      'a range without bounds',
      'checks:\n  - range: { column: a }',
      'a.yaml:5:12 missing-bound checks[0].range | the range has neither min nor max | { column: a } | Add min, max or both.',
    ],
    [
      'a unit test without an outcome',
      'unitTests:\n  - given: [{ a: 1 }]',
      'a.yaml:5:5 empty-unit-test unitTests[0] | the test says nothing about what comes out | given: [{ a: 1 }] | Add expected, quarantined or both; an empty list says that nothing comes out.',
    ],
    [
      'rows of a table that nothing reads',
      'unitTests:\n  - given: [{ a: 1 }]\n    references: { b: [] }\n    expected: []',
      "a.yaml:6:22 unknown-reference unitTests[0].references.b | no lookup or check reads 'b' | [] | There are no pipelines and files that are read.",
    ],
    [
      'a variable that is not set',
      'owner: ${env:OWNER_NAME}',
      'a.yaml:4:8 missing-environment-variable owner | the environment variable OWNER_NAME is not set | ${env:OWNER_NAME} | Set OWNER_NAME (an app setting in Azure, a value in the local settings file), or write ${env:OWNER_NAME:-default}.',
    ],
    [
      'an unknown placeholder',
      'owner: ${var:x}',
      "a.yaml:4:8 unknown-placeholder owner | '${var:x}' is no placeholder | ${var:x} | Write ${env:NAME}, ${param:name}, ${secret:name} or ${certificate:name}.",
    ],
    [
      'an alias without an anchor',
      'owner: *nobody',
      'a.yaml:4:8 invalid-yaml owner | there is no anchor for *nobody | *nobody | Define the anchor above its use.',
    ],
    [
      'broken YAML',
      'owner: [a',
      'a.yaml:5:1 invalid-yaml  | Flow sequence in block collection must be sufficiently indented and end with a ] | null | Correct the YAML at this place: indentation, quotes, brackets and colons.',
    ],
    [
      'a retry that begins later than it may wait',
      'retry: { firstDelay: 5m, maxDelay: 1m }',
      'a.yaml:4:22 empty-range retry.firstDelay | firstDelay 5m is longer than maxDelay 1m | 5m | Shorten firstDelay or lengthen maxDelay.',
    ],
  ])('%s', (_what, more, expected) => {
    const loaded = load({ 'a.yaml': minimalPipeline('a', `${more}\n`) });
    expect(lines(loaded)).toEqual([expected]);
    expect(loaded.project).toBeNull();
  });

  test.each<[string, string, string]>([
    [
      'a missing key points at its parent',
      'connection: warehouse, writeDisposition: append',
      'a.yaml:3:9 missing-key target | a postgres target needs table | { connection: warehouse, writeDisposition: append } | Add target.table.',
    ],
    [
      'a misspelt key is said once',
      'connection: warehouse, tabel: t, writeDisposition: append',
      "a.yaml:3:34 unknown-key target.tabel | unknown key 'tabel' | tabel | Did you mean 'table'?",
    ],
    [
      'an unknown connection',
      'connection: warehose, table: t, writeDisposition: append',
      "a.yaml:3:23 unknown-connection target.connection | there is no connection 'warehose' | warehose | Did you mean 'warehouse'?",
    ],
    [
      'a key of another kind of target',
      'connection: landing, path: t, key: [id], writeDisposition: append',
      'a.yaml:3:46 wrong-target-key target.key | a blob target has no key | [id] | Remove it; a blob target is named by path.',
    ],
    [
      'a key of scd2 for another strategy',
      'connection: warehouse, table: t, writeDisposition: merge, key: [id], merge: { absent: keep }',
      'a.yaml:3:97 wrong-target-key target.merge.absent | absent means nothing to strategy: upsert | keep | Remove it, or write strategy: scd2.',
    ],
    [
      'one column for both ends of a version',
      'connection: warehouse, table: t, writeDisposition: merge, key: [id], merge: { strategy: scd2, validTo: valid_from }',
      'a.yaml:3:114 wrong-target-key target.merge.validTo | validFrom and validTo are the same column | valid_from | Name two columns.',
    ],
    [
      'undo of an append',
      'connection: warehouse, table: t, writeDisposition: append, undo: { keepFor: 1d }',
      'a.yaml:3:76 wrong-target-key target.undo | undo means nothing to append, which changes no rows | { keepFor: 1d } | Remove it: an append can be taken back as long as its rows are there.',
    ],
    [
      'no place in a container',
      'connection: landing, writeDisposition: append',
      'a.yaml:3:9 missing-key target | a blob target needs path | { connection: landing, writeDisposition: append } | Add target.path.',
    ],
  ])('%s', (_what, target, expected) => {
    const yaml = `pipeline: a\nsource: { connection: landing, files: a.csv, incremental: { by: file } }\ntarget: { ${target} }\n`;
    expect(lines(load({ 'a.yaml': yaml }))).toEqual([expected]);
  });

  test.each([
    ['/a.csv', "'/a.csv' begins with a slash"],
    ['a/../b.csv', "'a/../b.csv' leaves its folder"],
    ['a\\b.csv', "'a\\b.csv' holds a backslash"],
    ['a/', "'a/' names a folder, not files"],
    ['a**.csv', "'a**.csv' has ** beside other characters"],
    ['a{b.csv', "'a{b.csv' has brackets that do not match"],
  ])('the glob %s', (glob, message) => {
    const yaml = minimalPipeline('a').replace('a/*.csv', `'${glob}'`);
    const { problems } = load({ 'a.yaml': yaml });
    expect(problems).toMatchObject([{ code: 'invalid-glob', line: 2, column: 39, message, path: 'source.files' }]);
  });

  test('a file without a known ending wants a format', () => {
    const { problems } = load({ 'a.yaml': minimalPipeline('a').replace('a/*.csv', 'a/*.dat') });
    expect(problems).toMatchObject([{ code: 'unknown-format', line: 2, column: 39, value: 'a/*.dat' }]);
  });

  test('a cycle is named with its path', () => {
    const loaded = load({
      'a.yaml': minimalPipeline('a', 'dependsOn: [b]\n'),
      'b.yaml': minimalPipeline('b', 'dependsOn: [c]\n'),
      'c.yaml': minimalPipeline('c', 'dependsOn: [a]\n'),
    });
    expect(lines(loaded)).toEqual([
      'a.yaml:4:13 dependency-cycle dependsOn[0] | the pipelines depend on each other in a circle: a → b → c → a | b | Remove one of these dependencies.',
    ]);
  });

  test('two pipelines cannot own one table, whether the schema is written or not', () => {
    const loaded = load({
      'a.yaml': minimalPipeline('a').replace('table: a', 'table: t'),
      'b.yaml': minimalPipeline('b').replace('table: b', 'table: public.t'),
    });
    expect(lines(loaded)).toEqual([
      "b.yaml:3:41 shared-table target.table | the pipeline 'a' already loads public.t over 'warehouse' | public.t | Give each pipeline a table of its own: the ledger and replace know one owner.",
    ]);
  });

  test('a name is one pipeline', () => {
    const loaded = load({ 'a.yaml': minimalPipeline('a'), 'b.yaml': minimalPipeline('a') });
    expect(lines(loaded)).toEqual([
      `b.yaml:1:11 duplicate-pipeline pipeline | the pipeline 'a' is already defined in ${loaded.folder}/a.yaml | a | Give one of the two another name.`,
    ]);
  });
});

describe('a warning leaves the project usable', () => {
  test.each<[string, string, string]>([
    [
      'appending everything',
      minimalPipeline('a').replace('replace', 'append'),
      'a.yaml:3:62 appends-everything target.writeDisposition | every run appends everything that the source holds, also what is loaded already | append | Add source.incremental: { by: file }, or replace instead of append.',
    ],
    [
      'a trigger on another container',
      minimalPipeline('a', "trigger: { event: { path: 'inbox/{name}.csv' } }\n"),
      "a.yaml:4:27 trigger-elsewhere trigger.event.path | files that arrive in 'inbox' are not read: the source reads 'landing' | 'inbox/{name}.csv' | Begin the path with landing/.",
    ],
  ])('%s', (_what, yaml, expected) => {
    const loaded = load({ 'a.yaml': yaml });
    expect(lines(loaded)).toEqual([expected]);
    expect(loaded.problems[0]?.severity).toBe('warning');
    expect(loaded.project).not.toBeNull();
  });
});

test('names that every object has are names like others', () => {
  const loaded = load({
    'a.yaml': minimalPipeline('constructor', "dependsOn: [valueof]\nowner: '${env:constructor}'\n").replace(
      'landing',
      'tostring',
    ),
  });
  expect(loaded.problems.map(({ code }) => code)).toEqual(['missing-environment-variable']);
  const again = load({
    'a.yaml': minimalPipeline('constructor', 'dependsOn: [valueof]\n').replace('landing', 'tostring'),
  });
  expect(again.problems.map(({ code }) => code)).toEqual(['unknown-connection', 'unknown-pipeline']);
});

describe('connections', () => {
  const withConnections = (text: string): string[] => lines(load({ 'connections.yaml': text }));

  test('a password in a file is refused and not repeated', () => {
    const text = CONNECTIONS.replace("'${secret:pw}'", 'hunter2');
    expect(withConnections(text)).toEqual([
      'connections.yaml:3:74 invalid-value connections.warehouse.password | write ${secret:name}: a secret never stands in a file, nor does its version | (not shown) | Correct the value: ${secret:name}, read when a step connects. Without it, and without a certificate, a token of the managed identity is used.',
    ]);
  });

  test('a key in a file is not repeated either, wherever people write one', () => {
    const http = (more: string) => `connections:\n  warehouse: { kind: http, baseUrl: https://a.example, ${more} }\n`;
    for (const more of [
      'auth: { type: apiKey, value: hunter2 }',
      'auth: { type: oauth2, tokenUrl: https://a.example, clientId: c, clientSecret: hunter2 }',
      'headers: { Authorization: hunter2 }',
      'headers: { X-Key: [hunter2] }',
      'clientCertificate: hunter2',
      "auth: { type: basic, user: u, password: 'hunter2 ${no:x}' }",
      "auth: { type: basic, user: u, password: '${secret:a/hunter2}' }",
    ]) {
      const problems = withConnections(http(more));
      expect(problems).not.toEqual([]);
      expect(JSON.stringify(problems)).not.toContain('hunter2');
    }
  });

  describe('on their way to another machine', () => {
    const problemsOf = (more: string, host = 'db') =>
      withConnections(CONNECTIONS.replace('host: db', `host: ${host}, ${more}`)).map((problem) =>
        problem.split(' ').slice(1, 3),
      );

    test.each([
      ["tls: 'off'", 'db', [['tls-required', 'connections.warehouse.tls']]],
      ["tls: 'off'", '127.example.com', [['tls-required', 'connections.warehouse.tls']]],
      ["tls: 'off'", '127.0.0.1', []],
      ["tls: 'off'", 'localhost', []],
      ['tls: require', 'db', [['tls-reason-missing', 'connections.warehouse.tls']]],
      ["tls: require, tlsReason: ' '", 'db', [['invalid-value', 'connections.warehouse.tlsReason']]],
      ["tls: require, tlsReason: 'Its certificate names no host.'", 'db', []],
      ['tls: require', 'localhost', []],
      ['tls: verify-full', 'db', []],
      ["clientCertificate: '${certificate:c}', rootCertificate: '${certificate:r}'", 'db', []],
      [
        "tls: 'off', clientCertificate: '${certificate:c}'",
        'localhost',
        [['tls-required', 'connections.warehouse.clientCertificate']],
      ],
      [
        "tls: require, rootCertificate: '${certificate:r}'",
        'localhost',
        [['certificate-unused', 'connections.warehouse.rootCertificate']],
      ],
      ["description: '${certificate:r}'", 'db', [['certificate-not-allowed', 'connections.warehouse.description']]],
      ["clientCertificate: '${secret:c}'", 'db', [['invalid-value', 'connections.warehouse.clientCertificate']]],
    ])('%s at %s', (more, host, expected) => {
      expect(problemsOf(more, host)).toEqual(expected);
    });

    test.each([
      ['baseUrl: http://shop.example', 'connections.x.baseUrl'],
      ['baseUrl: http://127.example.com', 'connections.x.baseUrl'],
      ['baseUrl: http://localhost@shop.example', 'connections.x.baseUrl'],
      [
        "baseUrl: https://a.example, auth: { type: oauth2, tokenUrl: 'http://login.example', clientId: c, clientSecret: '${secret:s}' }",
        'connections.x.auth.tokenUrl',
      ],
      ["baseUrl: 'http://localhost:1', clientCertificate: '${certificate:c}'", 'connections.x.clientCertificate'],
    ])('http: %s', (more, path) => {
      const problems = withConnections(`${CONNECTIONS.trimEnd()}\n  x: { kind: http, ${more} }\n`);
      expect(problems.map((problem) => problem.split(' ')[2])).toEqual([path]);
    });
  });

  test('secrets and parameters where they cannot be', () => {
    const text = CONNECTIONS.replace('host: db', "host: '${secret:host}'").replace('user: u', "user: '${param:who}'");
    expect(withConnections(text)).toEqual([
      "connections.yaml:3:38 secret-not-allowed connections.warehouse.host | a secret can stand only as a password or key | '${secret:host}' | Use ${env:NAME} here.",
      "connections.yaml:3:75 parameter-not-allowed connections.warehouse.user | a parameter cannot stand in a connection | '${param:who}' | Use ${env:NAME}, or an overlay.",
    ]);
  });

  test('an unknown kind', () => {
    expect(withConnections(CONNECTIONS.replace('postgres', 'postgresql'))).toEqual([
      "connections.yaml:3:22 invalid-value connections.warehouse.kind | must be one of blob, postgres, http, tables, folder | postgresql | Did you mean 'postgres'?",
    ]);
  });

  test('a missing kind and a container that cannot be', () => {
    const text = 'connections:\n  x: {}\n  y: { kind: blob, container: A }\n';
    expect(withConnections(text)).toEqual([
      "connections.yaml:2:3 missing-key connections.x.kind | the key 'kind' is missing | null | Add 'kind:' with one of blob, postgres, http, tables, folder.",
      'connections.yaml:3:31 invalid-value connections.y.container | a container name has 3 to 63 lower-case letters, digits and single hyphens | A | Correct the value: the container in which the files stand.',
    ]);
  });

  test('the file itself', () => {
    expect(withConnections('conections: {}\n')).toEqual([
      "connections.yaml:1:1 unknown-key conections | unknown key 'conections' | conections | Did you mean 'connections'?",
    ]);
    expect(withConnections('')).toEqual([
      'connections.yaml:1:1 empty-file  | the file is empty | null | Describe something in it, or delete it.',
    ]);
  });

  test('numbers come from the environment as numbers, and texts stay texts', () => {
    const text = CONNECTIONS.replace(
      'host: db',
      'host: db, port: "${env:PORT}", maxConnections: "${env:MANY:-3}"',
    ).replace('user: u', 'user: "${env:USER_NAME}"');
    const { project } = load(
      { 'connections.yaml': text, 'a.yaml': minimalPipeline('a') },
      { env: { PORT: '6543', USER_NAME: '0815' } },
    );
    expect(project?.connections['warehouse']).toMatchObject({ port: 6543, maxConnections: 3, user: '0815' });
  });

  test('a value from the environment is not repeated in a problem', () => {
    const text = CONNECTIONS.replace('kind: blob', 'kind: blob, setting: "${env:SETTING}"');
    const loaded = load({ 'connections.yaml': text }, { env: { SETTING: 'top secret' } });
    expect(loaded.problems).toMatchObject([{ code: 'invalid-value', value: '"${env:SETTING}"', line: 2, column: 35 }]);
    expect(JSON.stringify(loaded.problems)).not.toContain('top secret');
  });
});

describe('environments', () => {
  const base = { 'a.yaml': minimalPipeline('a', 'retry: { maxAttempts: 3, maxDelay: 1m }\n') };

  test('an overlay merges maps, replaces lists and values, and null removes', () => {
    const { project } = load({
      ...base,
      'connections.yaml': CONNECTIONS.replace('host: db', 'host: db, port: 1234'),
      'environments/local.yaml': `connections: { warehouse: { host: other, port: null } }
pipelines: { a: { retry: { maxAttempts: 9 }, source: { columns: { x: string } } } }
`,
    });
    expect(project?.connections['warehouse']).toMatchObject({ host: 'other', port: 5432, user: 'u' });
    expect(project?.pipelines['a']?.retry).toMatchObject({ maxAttempts: 9, maxDelay: '1m' });
    expect(project?.pipelines['a']?.source.columns).toEqual({ x: 'string' });
  });

  test('what an overlay replaces needs no variable', () => {
    const { problems } = load({
      ...base,
      'connections.yaml': CONNECTIONS.replace('host: db', 'host: "${env:NOT_SET}"'),
      'environments/local.yaml': 'connections: { warehouse: { host: here } }\n',
    });
    expect(problems).toEqual([]);
  });

  test('a problem in an overlay points into the overlay', () => {
    const loaded = load({
      ...base,
      'environments/local.yaml': 'pipelines:\n  a:\n    retry:\n      maxAttempts: 99\n  b: {}\nmore: 1\n',
    });
    expect(lines(loaded)).toEqual([
      "environments/local.yaml:6:1 unknown-key more | unknown key 'more' | more | Use one of the known keys: connections, pipelines, alerts, guards.",
    ]);
    const again = load({
      ...base,
      'environments/local.yaml': 'pipelines:\n  a:\n    retry:\n      maxAttempts: 99\n  b: {}\n',
    });
    expect(lines(again)).toEqual([
      'environments/local.yaml:4:20 invalid-value retry.maxAttempts | must be at most 20 | 99 | Correct the value: attempts of one partition in one step, with the first.',
      "environments/local.yaml:5:3 unknown-pipeline pipelines.b | there is no pipeline 'b' to change | b | Use one of the pipelines: a.",
    ]);
  });

  test('an environment must exist where there are any', () => {
    const loaded = load({ ...base, 'environments/production.yaml': '{}\n' }, { environment: 'producton' });
    expect(lines(loaded)).toEqual([
      "environments:1:1 unknown-environment  | there is no environment 'producton' | producton | Did you mean 'production'?",
    ]);
  });
});

describe('files that cannot be read', () => {
  test('no folder', () => {
    const { problems, project } = loadProject({ folder: '/nowhere/pipelines', environment: 'local', env: {} });
    expect(project).toBeNull();
    expect(problems).toMatchObject([{ code: 'no-folder', file: '/nowhere/pipelines', value: '/nowhere/pipelines' }]);
  });

  test('no connections', () => {
    const folder = projectFolder({ 'notes.txt': 'x' });
    const { problems } = loadProject({ folder, environment: 'local', env: {} });
    expect(problems).toMatchObject([{ code: 'no-connections', file: `${folder}/connections.yaml` }]);
  });

  test('too large, not UTF-8, too many aliases, circular, too deep', () => {
    const folder = projectFolder({
      'connections.yaml': CONNECTIONS,
      'large.yaml': `# ${'x'.repeat(1_048_577)}`,
      'latin.yaml': Uint8Array.from([0x70, 0xe9, 0x0a]),
      'laughs.yaml': `a: &a [x, x, x, x, x, x, x, x, x, x]\n${['b', 'c', 'd', 'e', 'f', 'g'].map((key, index) => `${key}: &${key} [${`*${'abcdef'[index] ?? ''},`.repeat(10)}]`).join('\n')}\n`,
      'circle.yaml': 'a: &a [*a]\n',
      'deep.yaml': `${'['.repeat(60)}${']'.repeat(60)}\n`,
      'bottomless.yaml': '['.repeat(20_000),
    });
    const { problems } = loadProject({ folder, environment: 'local', env: {} });
    const codes = problems.map(({ file, code }) => `${file.slice(folder.length + 1)} ${code}`);
    expect(new Set(codes)).toEqual(
      new Set([
        'bottomless.yaml yaml-limit',
        'circle.yaml yaml-limit',
        'deep.yaml yaml-limit',
        'large.yaml file-too-large',
        'latin.yaml not-utf-8',
        'laughs.yaml yaml-limit',
      ]),
    );
    expect(codes.filter((code) => code.startsWith('laughs'))).toHaveLength(1);
  });
});

describe('guards of an environment', () => {
  const load = (overlay: string | null, environment = 'prod') => {
    const files = overlay === null ? {} : { 'environments/prod.yaml': overlay };
    const folder = projectFolder({ 'connections.yaml': CONNECTIONS, 'a.yaml': minimalPipeline('a'), ...files });
    return loadProject({ folder, environment, env: {} });
  };

  test('are those of its overlay, with defaults, and none without', () => {
    expect(load(null).guards).toEqual({ confirm: [], role: 'operator' });
    expect(load('connections: {}').guards).toEqual({ confirm: [], role: 'operator' });
    expect(load('guards: { confirm: [undo], approval: { for: [change] } }').guards).toEqual({
      confirm: ['undo'],
      role: 'operator',
      approval: { for: ['change'], deadline: '2d', releaseRows: 1000 },
    });
  });

  test('are not known where the overlay cannot be read', () => {
    const misspelt = load('guards: { confirm: [undoo] }');
    expect(misspelt.guards).toBeNull();
    expect(misspelt.problems).toEqual([
      expect.objectContaining({ path: 'guards.confirm[0]', line: 1, value: 'undoo', severity: 'error' }),
    ]);
    expect(load('guards: [', 'prod').guards).toBeNull();
    expect(load('guards: {}', 'prd').guards).toBeNull();
  });
});

test('an environment gives a parameter another default, which is checked where it stands', () => {
  const files = {
    'a.yaml': minimalPipeline('a', 'parameters: { since: { type: date, min: 2001-01-01, default: 2001-01-01 } }\n'),
  };
  const overlay = (since: string) => `pipelines:\n  a:\n    parameters: { since: { default: ${since} } }\n`;
  const fine = load({ ...files, 'environments/local.yaml': overlay('2020-01-01') });
  expect(fine.problems).toEqual([]);
  expect(fine.project?.pipelines['a']?.parameters['since']).toEqual({
    type: 'date',
    min: '2001-01-01',
    default: '2020-01-01',
  });
  expect(lines(load({ ...files, 'environments/local.yaml': overlay('1999-01-01') }))).toEqual([
    'environments/local.yaml:3:37 wrong-type parameters.since.default | must be at least 2001-01-01 | 1999-01-01 | Write at least 2001-01-01.',
  ]);
});
