import {
  climb,
  climbed,
  firstProgress,
  messageIdOf,
  type LadderPolicy,
  type LadderProgress,
  type LadderStanding,
} from '../../../src/resilience/ladder';

const MINUTE = 60_000;
const policy: LadderPolicy = {
  levels: [
    { notify: ['teams', 'mail'], action: null, waitMs: 15 * MINUTE },
    { notify: ['sms'], action: 'pause', waitMs: 30 * MINUTE },
  ],
  intervalMs: 10 * MINUTE,
  repeatMs: null,
  digest: false,
  otherwise: {},
};
const standing = (more: Partial<LadderStanding> = {}): LadderStanding => ({
  state: 'open',
  version: 1,
  heldUntil: null,
  ...more,
});

/** Goes through a ladder, looking once a minute; everybody is reached unless `reaches` says otherwise. */
function story(
  upTo: number,
  at: (minute: number) => LadderStanding,
  {
    of = policy,
    reaches = (channels) => channels,
    begin = firstProgress(0),
  }: { of?: LadderPolicy; reaches?: (channels: readonly string[]) => readonly string[]; begin?: LadderProgress } = {},
): string[] {
  const told: string[] = [];
  let progress = begin;
  for (let minute = 0; minute <= upTo; minute++) {
    for (let moves = 0; moves < 10; moves++) {
      const now = minute * MINUTE;
      const next = climb(of, progress, at(minute), now);
      progress = next.progress;
      if (next.move.do === 'end') return [...told, `${minute}: end`];
      if (next.move.do === 'wait') break;
      const { about, channels, action } = next.move;
      told.push(`${minute}: ${about} to ${channels.join('+')}${action === null ? '' : `, ${action}`}`);
      progress = climbed(of, progress, next.move, reaches(channels), at(minute), now);
    }
  }
  return told;
}

test('goes up the levels while nobody acknowledges, and waits at the top', () => {
  expect(story(120, () => standing())).toEqual(['0: raised to teams+mail', '15: raised to sms, pause']);
});

test('the first message waits for alerts that belong to it', () => {
  expect(story(20, () => standing(), { begin: firstProgress(5 * MINUTE) })).toEqual([
    '5: raised to teams+mail',
    '20: raised to sms, pause',
  ]);
});

test('an acknowledgement stops it; what opens again is climbed anew', () => {
  const at = (minute: number): LadderStanding =>
    standing({ state: minute >= 10 && minute < 40 ? 'acknowledged' : 'open', version: minute >= 40 ? 2 : 1 });
  expect(story(60, at)).toEqual(['0: raised to teams+mail', '40: raised to teams+mail', '55: raised to sms, pause']);
});

test('alerts that join are told of together, no more often than the interval', () => {
  const slow = { ...policy, levels: [{ notify: ['mail'], action: null, waitMs: 0 }] };
  expect(story(35, (minute) => standing({ version: 1 + minute }), { of: slow })).toEqual([
    '0: raised to mail',
    '10: more to mail',
    '20: more to mail',
    '30: more to mail',
  ]);
});

test('who was told of it is told that it is over; where nobody was, it ends without a word', () => {
  const at = (minute: number): LadderStanding => standing({ state: minute >= 20 ? 'resolved' : 'open' });
  expect(story(30, at)).toEqual([
    '0: raised to teams+mail',
    '15: raised to sms, pause',
    '20: resolved to teams+mail+sms',
    '20: end',
  ]);
  expect(story(30, at, { begin: firstProgress(25 * MINUTE) })).toEqual(['20: end']);
});

test('quiet hours hold everything back, and are over at their end', () => {
  const at = (minute: number): LadderStanding =>
    standing({ heldUntil: minute < 30 ? 30 * MINUTE : null, state: minute >= 40 ? 'resolved' : 'open' });
  expect(story(60, at)).toEqual(['30: raised to teams+mail', '40: resolved to teams+mail', '40: end']);
});

test('where no channel takes the message, the next level is due at once', () => {
  const reaches = (channels: readonly string[]) => channels.filter((channel) => channel === 'sms');
  expect(story(20, () => standing(), { reaches })).toEqual(['0: raised to teams+mail', '0: raised to sms, pause']);
});

test('the last level is repeated where that is wanted', () => {
  const of = { ...policy, repeatMs: 60 * MINUTE };
  expect(story(140, () => standing(), { of })).toEqual([
    '0: raised to teams+mail',
    '15: raised to sms, pause',
    '75: reminder to sms',
    '135: reminder to sms',
  ]);
});

test('a digest is told once at its time, whatever has become of the alerts', () => {
  const digest = { ...policy, digest: true, levels: [policy.levels[0]!] };
  const begin = firstProgress(30 * MINUTE);
  const at = (minute: number): LadderStanding => standing({ state: minute >= 10 ? 'resolved' : 'open' });
  expect(story(60, at, { of: digest, begin })).toEqual(['30: raised to teams+mail', '30: end']);
});

test('the same message has the same id, another one another', () => {
  const ids = [
    messageIdOf(firstProgress(0), 'raised', 1),
    messageIdOf({ ...firstProgress(0), level: 1 }, 'raised', 1),
    messageIdOf({ ...firstProgress(0), round: 1 }, 'raised', 1),
    messageIdOf(firstProgress(0), 'more', 1),
    messageIdOf(firstProgress(0), 'more', 2),
    messageIdOf(firstProgress(0), 'resolved', 1),
    messageIdOf({ ...firstProgress(0), reminders: 1 }, 'reminder', 1),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  expect(messageIdOf(firstProgress(5), 'raised', 9)).toBe(ids[0]);
});
