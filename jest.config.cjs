'use strict';
/** One project; every test file is isolated and may run in parallel with any other. */
module.exports = {
  rootDir: '.',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.sluice/'],
  // Two at least, since much of a test's time is spent waiting for services; not more than memory allows.
  maxWorkers: Math.min(4, Math.max(2, require('node:os').availableParallelism())),
  globalSetup: '<rootDir>/test/support/jest-global-setup.ts',
  globalTeardown: '<rootDir>/test/support/jest-global-teardown.ts',
  testTimeout: 180000,
};
