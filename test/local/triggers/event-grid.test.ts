import { parseSubscriptions } from '../../../src/local/triggers/event-grid-trigger';
import type { LoadedFunction } from '../../../src/local/worker/function-app';

const fn = (name: string, type: string): LoadedFunction => ({
  name,
  trigger: { type, name: 'trigger' },
  bindings: { trigger: { type } },
  retry: undefined,
});
const FUNCTIONS = [fn('told', 'eventGridTrigger'), fn('other', 'eventGridTrigger'), fn('web', 'httpTrigger')];

describe('parseSubscriptions', () => {
  it.each([
    ['', []],
    ['landing=told', [{ container: 'landing', functionName: 'told' }]],
    [
      ' landing = told , b-2=other,',
      [
        { container: 'landing', functionName: 'told' },
        { container: 'b-2', functionName: 'other' },
      ],
    ],
  ])('reads %p', (text, subscriptions) => {
    expect(parseSubscriptions(text, FUNCTIONS)).toEqual(subscriptions);
  });

  it.each(['landing', 'landing=', 'landing=nobody', 'landing=web', 'Landing=told'])(
    'refuses %p, quoting it',
    (text) => {
      expect(() => parseSubscriptions(`a=told,${text}`, FUNCTIONS)).toThrow(
        `The app setting SLUICE_LOCAL_EVENT_GRID has "${text}"`,
      );
    },
  );
});
