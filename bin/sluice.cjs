#!/usr/bin/env node
'use strict';
require('./bootstrap.cjs').bootstrap({ build: true, main: () => require('../dist/cli/main.js') });
