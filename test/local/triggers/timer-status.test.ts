import { compileSchedule } from '../../../src/local/triggers/ncrontab';
import { afterRun, checkPastDue, fromStored, timerInfo, toStored } from '../../../src/local/triggers/timer-status';

const hourly = compileSchedule('0 0 * * * *', 'UTC');
const at = (time: string): Date => new Date(`2024-05-01T${time}Z`);

describe('checkPastDue', () => {
  it('gives a timer without a status one', () => {
    const check = checkPastDue(undefined, hourly, at('10:20:00'));
    expect(check).toEqual({
      store: { last: undefined, next: at('11:00:00'), lastUpdated: at('10:20:00') },
      isPastDue: false,
    });
  });

  it('finds a time in the future still due', () => {
    const stored = { last: at('10:00:00'), next: at('11:00:00'), lastUpdated: at('10:00:00') };
    expect(checkPastDue(stored, hourly, at('10:59:59'))).toEqual({ store: undefined, isPastDue: false });
  });

  it('finds a time that has gone by while no host ran', () => {
    const stored = { last: at('10:00:00'), next: at('11:00:00'), lastUpdated: at('10:00:00') };
    expect(checkPastDue(stored, hourly, at('14:30:00'))).toEqual({ store: undefined, isPastDue: true });
  });

  it('finds the first time of all missed too', () => {
    const stored = { last: undefined, next: at('11:00:00'), lastUpdated: at('10:20:00') };
    expect(checkPastDue(stored, hourly, at('11:00:01')).isPastDue).toBe(true);
  });

  it('counts a changed schedule from now and does not call it missed', () => {
    const stored = { last: at('10:00:00'), next: at('10:05:00'), lastUpdated: at('10:00:00') };
    expect(checkPastDue(stored, hourly, at('14:30:00'))).toEqual({
      store: { last: undefined, next: at('15:00:00'), lastUpdated: at('14:30:00') },
      isPastDue: false,
    });
  });
});

describe('afterRun', () => {
  const status = { last: at('10:00:00'), next: at('11:00:00'), lastUpdated: at('10:00:00') };

  it('counts on from the time of the run', () => {
    expect(afterRun(status, hourly, at('11:00:02'))).toMatchObject({ last: at('11:00:02'), next: at('12:00:00') });
  });

  it('takes a run that began a little early for the one that was due', () => {
    expect(afterRun(status, hourly, at('10:59:59.500'))).toMatchObject({ last: at('11:00:00'), next: at('12:00:00') });
  });

  it('takes a run long before its time for one of its own', () => {
    expect(afterRun(status, hourly, at('10:30:00'))).toMatchObject({ last: at('10:30:00'), next: at('11:00:00') });
  });
});

describe('the stored form', () => {
  it('has the spelling and times of the real host, and comes back', () => {
    const status = { last: undefined, next: at('11:00:00'), lastUpdated: at('10:00:00.250') };
    const stored = {
      Last: '0001-01-01T00:00:00+00:00',
      Next: '2024-05-01T11:00:00+00:00',
      LastUpdated: '2024-05-01T10:00:00.250+00:00',
    };
    expect(toStored(status)).toEqual(stored);
    expect(fromStored(stored)).toEqual(status);
  });

  it('is null in what a timer without one is given', () => {
    expect(timerInfo(undefined, true)).toEqual({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: null,
      IsPastDue: true,
    });
  });
});
