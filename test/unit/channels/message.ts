import type { AlertMessage } from '../../../src/model/alert-group';

/** A message that uses everything; what a program might read as markup stands in it. */
export const message = (more: Partial<AlertMessage> = {}): AlertMessage => ({
  about: 'raised',
  group: 'ag-1',
  environment: 'prod',
  severity: 'error',
  title: 'flights failed: target-missing and 2 more',
  items: [
    {
      id: 'al-1-1',
      severity: 'error',
      state: 'open',
      title: 'flights failed: target-missing',
      what: 'In stage: There is no schema <aviation> in [the] database_1.',
      data: 'Nothing was loaded: the target is as it was.',
      todo: 'Make the schema & start the run again.',
      since: '2026-01-01T02:03:04.000Z',
      count: 2,
      runUrl: 'https://sluice.example.com/api/dashboard#/runs/run-1',
      runbookUrl: 'https://sluice.example.com/api/dashboard#/runbooks/target-missing',
    },
  ],
  more: 2,
  done: ['flights was paused; sluice resume flights ends it'],
  alertUrl: 'https://sluice.example.com/api/dashboard#/alerts/al-1-1',
  acknowledgeUrl: 'https://sluice.example.com/api/alert-links/abc.def',
  again: false,
  ...more,
});
