'use strict';
const tseslint = require('typescript-eslint');
const determinism = require('./scripts/lint/determinism.cjs');
const requireDisableReason = require('./scripts/lint/require-disable-reason.cjs');

const SLUICE = { rules: { 'require-disable-reason': requireDisableReason } };

module.exports = tseslint.config(
  {
    ignores: ['dist/', 'coverage/', '.sluice/', 'test/tooling/fixtures/', 'test/**/fixtures/apps/'],
  },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { sluice: SLUICE },
    rules: { 'sluice/require-disable-reason': 'error', eqeqeq: 'error', 'no-var': 'error', 'prefer-const': 'error' },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers in messages are safe and read well.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // process.env['NAME'] is what noPropertyAccessFromIndexSignature asks for.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // Matters of taste, where either form may be the plainer one.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // Types are structural: an object that has what is asked for is what is asked for.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unnecessary-template-expression': 'off',
      '@typescript-eslint/prefer-string-starts-ends-with': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      // Spreading a text into its code points is what is meant where it is written.
      '@typescript-eslint/no-misused-spread': ['error', { allow: [{ from: 'lib', name: 'string' }] }],
      // A leading underscore says that a name is there for its position.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // One line per implementation of a synchronous member of an asynchronous interface is what this would cost.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings are read in src/platform and handed down.' },
      ],
    },
  },
  {
    files: ['src/platform/**/*.ts', 'src/local/**/*.ts', 'src/cli/**/*.ts', 'src/index.ts', 'src/telemetry.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['src/local/**/*.ts', 'src/cli/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // The host loads the app as the Functions worker does: with require, by a path known at run time.
    files: ['src/local/**/*.ts'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['src/durable/orchestrators/**/*.ts', 'src/durable/contracts/**/*.ts', 'src/resilience/**/*.ts'],
    rules: {
      // The ban below says it better.
      'no-console': 'off',
      'no-restricted-globals': ['error', ...determinism.globals],
      'no-restricted-properties': ['error', ...determinism.properties],
      'no-restricted-imports': ['error', determinism.imports],
      'no-restricted-syntax': ['error', ...determinism.syntax, determinism.taskAny, ...determinism.taskAll],
    },
  },
  {
    files: ['src/durable/orchestrators/race-with-timer.ts'],
    rules: { 'no-restricted-syntax': ['error', ...determinism.syntax] },
  },
  {
    // A page in a browser: what Node.js has besides is not there.
    files: ['src/dashboard/**/*.ts', 'src/dashboard/**/*.tsx'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'Buffer', 'require', 'global', 'setImmediate', '__dirname'],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Jest's matchers and recorded JSON are typed loosely.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    // Node packages that are not TypeScript and not deployed: the bootstrap and the scripts.
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', ecmaVersion: 2023 },
    rules: { strict: ['error', 'global'] },
  },
);
