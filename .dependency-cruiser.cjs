'use strict';
/*
 * Who may import whom (docs/architecture.md, "Layers"), as rules over our own modules and the packages they use.
 * Every rule has a fixture in test/tooling/fixtures/dependencies that must break it.
 *
 * A layer lists what it `may` import, of what it may import `types` only, and its `packages`. What it does not list, it
 * may not import. `node: false` bans Node's built-in modules.
 */
const LAYERS = {
  model: { node: false },
  errors: { may: ['model'], node: false },
  resilience: { may: ['model', 'errors'], types: ['config', 'durable/contracts'], node: false },
  engine: { may: ['model', 'errors'], packages: ['@duckdb/node-api'] },
  config: { may: ['model', 'errors', 'engine'], packages: ['zod', 'yaml', 'croner'] },
  steps: { may: ['model', 'errors', 'engine'], types: ['config', 'observability/metrics'] },
  project: { may: ['model', 'errors', 'engine', 'config', 'steps', 'connectors'], types: ['durable/contracts'] },
  channels: { may: ['model', 'errors', 'platform'], types: ['config'], packages: ['@azure/'] },
  platform: { may: ['model', 'errors'], types: ['observability/metrics'], packages: ['@azure/', 'zod'] },
  monitoring: {
    may: ['model', 'errors', 'resilience'],
    types: ['config', 'durable/contracts'],
    packages: ['croner'],
    node: false,
  },
  observability: {
    may: ['model', 'errors', 'platform'],
    types: ['durable/contracts'],
    packages: ['@azure/', '@opentelemetry/', 'applicationinsights'],
  },
  connectors: {
    may: ['model', 'errors', 'engine', 'steps', 'platform'],
    types: ['config', 'observability/metrics'],
    packages: ['@azure/', 'pg', 'pg-copy-streams'],
  },
  state: {
    may: ['model', 'errors', 'platform'],
    types: ['config', 'durable/contracts', 'observability/metrics'],
    packages: ['@azure/'],
  },
  'durable/contracts': { may: ['model', 'errors', 'resilience'], types: ['config', 'steps'], node: false },
  'durable/orchestrators': {
    may: ['model', 'errors', 'resilience', 'durable/contracts', 'observability/replay-safe-logger.ts'],
    types: ['config', 'observability/events.ts'],
    packages: ['durable-functions'],
    node: false,
  },
  'durable/entities': {
    may: ['model', 'errors', 'resilience', 'durable/contracts'],
    packages: ['durable-functions'],
    node: false,
  },
  'durable/activities': {
    may: [
      'model',
      'errors',
      'durable/contracts',
      'monitoring',
      'resilience',
      'channels',
      'steps',
      'connectors',
      'state',
      'platform',
      'observability',
    ],
    types: ['config', 'engine'],
    packages: ['durable-functions', '@azure/functions'],
  },
  triggers: {
    may: [
      'model',
      'errors',
      'config',
      'project',
      'resilience',
      'durable/contracts',
      'state',
      'platform',
      'observability',
    ],
    packages: ['durable-functions', '@azure/functions', 'zod', 'croner'],
  },
  dashboard: {
    may: ['model'],
    types: ['durable/contracts', 'triggers/http/openapi/schemas'],
    packages: ['preact', '@preact/', 'uplot', 'zod'],
    node: false,
  },
  report: { may: ['model'], types: ['durable/contracts'], node: false },
  cli: {
    may: [
      'report',
      'model',
      'errors',
      'engine',
      'config',
      'project',
      'steps',
      'connectors',
      'state',
      'platform',
      'observability',
    ],
    types: ['durable/contracts'],
    packages: [],
  },
  local: { may: ['errors', 'report'], types: ['model', 'durable/contracts'] },
};

const folder = (layer) => `^src/${layer}${layer.endsWith('.ts') ? '$' : '/'}`;
const PACKAGE_KINDS = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];

function rulesOf(layer, { may = [], types = [], packages = [], node = true }) {
  const name = layer.replace('/', '-');
  const from = { path: folder(layer) };
  const importable = [folder(layer), ...may.map(folder)];
  const rules = [
    {
      name: `${name}-imports`,
      comment: `src/${layer} may import ${may.join(', ') || 'nothing'}${types.length > 0 ? `; types of ${types.join(', ')}` : ''}.`,
      from,
      to: { path: '^src/', pathNot: importable, dependencyTypesNot: ['type-only'] },
    },
    {
      name: `${name}-type-imports`,
      comment: `src/${layer} may import types of ${[...may, ...types].join(', ') || 'nothing'}.`,
      from,
      to: { path: '^src/', pathNot: [...importable, ...types.map(folder)], dependencyTypes: ['type-only'] },
    },
  ];
  if (layer !== 'local') {
    rules.push({
      name: `${name}-packages`,
      comment: `src/${layer} may use the packages ${packages.join(', ') || '(none)'}.`,
      from,
      to: {
        dependencyTypes: PACKAGE_KINDS,
        ...(packages.length > 0 && {
          pathNot: packages.map((pkg) => `node_modules/${pkg}${pkg.endsWith('/') ? '' : '/'}`),
        }),
      },
    });
  }
  if (!node) {
    rules.push({
      name: `${name}-node`,
      comment: `src/${layer} is pure: it may not import Node.js modules.`,
      from,
      to: { dependencyTypes: ['core'] },
    });
  }
  return rules;
}

const RULES = [
  ...Object.entries(LAYERS).flatMap(([layer, rights]) => rulesOf(layer, rights)),
  {
    name: 'root-imports',
    comment:
      'The composition root and the registration of durable functions may import all but the host and the command line.',
    from: { path: ['^src/[^/]+\\.ts$', '^src/durable/[^/]+\\.ts$'] },
    to: { path: [folder('local'), folder('cli')] },
  },
  {
    name: 'connectors-apart',
    comment: 'A connector imports no other connector: what two need goes to src/connectors itself, or to steps.',
    from: { path: '^src/connectors/(sources|targets)/([^/]+)/' },
    to: { path: '^src/connectors/(sources|targets)/[^/]+/', pathNot: '^src/connectors/$1/$2/' },
  },
  {
    name: 'no-dev-packages',
    comment:
      'Development packages are not deployed; only the embedded host, which is not deployed either, may use them, and the page, which is bundled.',
    from: { path: '^src/', pathNot: [folder('local'), folder('dashboard')] },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
  },
  {
    name: 'unknown-layer',
    comment: 'A new folder in src gets a line in this table first.',
    from: {
      path: '^src/.+/',
      pathNot: [...Object.keys(LAYERS).map(folder), '^src/durable/[^/]+\\.ts$'],
    },
    to: {},
  },
  {
    name: 'no-cycles',
    comment: 'Modules that need each other are one module.',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'not-found',
    comment: 'Every import leads somewhere.',
    from: {},
    // The worker supplies @azure/functions-core; it is on no registry.
    to: { couldNotResolve: true, pathNot: '^@azure/functions-core$' },
  },
];

module.exports = {
  // Without it a broken rule is a warning, which fails nothing.
  forbidden: RULES.map((rule) => ({ ...rule, severity: 'error' })),
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: require('node:path').join(__dirname, 'tsconfig.json') },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
