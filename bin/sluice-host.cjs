#!/usr/bin/env node
'use strict';
require('./bootstrap.cjs').bootstrap({ build: true, main: () => require('../dist/local/host/main.js') });
