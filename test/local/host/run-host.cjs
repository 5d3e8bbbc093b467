'use strict';
/* The command sluice-host, run from the sources. */
require('../../../scripts/typescript-hook.cjs');
require('../../../src/local/host/host-command.ts').runHostCommand(process.argv.slice(2));
