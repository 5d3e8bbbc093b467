'use strict';
/* Lets Node.js require TypeScript files, for programs of the test folder that Jest does not run. */
const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');

const options = { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...options, filename, sourceMaps: 'inline' });
  module._compile(code, filename);
};
