'use strict';
const { app } = require('@azure/functions');

app.http('hello', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'health',
  handler: () => ({ body: 'Hello, world!' }),
});
