import { createConsoleLog } from '../../../src/local/host/console-log';
import type { LogLevel } from '../../../src/local/host/host-log';

function logWith(levels: Record<string, LogLevel>, verbose = false, colours = false) {
  const lines: string[] = [];
  const now = () => new Date('2024-05-01T10:11:12.345Z');
  const log = createConsoleLog({ levels, verbose, colours, now, write: (text) => lines.push(text) });
  return { log, lines };
}

describe('createConsoleLog', () => {
  it('writes time, level, function and message, and indents further lines', () => {
    const { log, lines } = logWith({ default: 'information' });
    log('warning', 'Function.load.User', 'first\nsecond\n');
    expect(lines).toEqual(['10:11:12.345 warn  [load] first\n             second\n']);
  });

  it('takes the level of the longest beginning of the category that host.json names', () => {
    const { log, lines } = logWith({ default: 'warning', Function: 'error', 'Function.load': 'debug', Host: 'none' });
    log('information', 'Worker', 'below the default');
    log('warning', 'Worker', 'at the default');
    log('warning', 'Function.other', 'below Function');
    log('debug', 'Function.load.User', 'at Function.load');
    log('trace', 'Function.load.User', 'below Function.load');
    log('critical', 'Host.Startup', 'none at all');
    expect(lines.map((line) => line.replace(/^.*\] /, '').trim())).toEqual(['at the default', 'at Function.load']);
  });

  it('shows debug lines with verbose, and trace lines only where host.json asks for them', () => {
    const { log, lines } = logWith({ default: 'error', Worker: 'trace' }, true);
    log('debug', 'Host.Startup', 'debug');
    log('trace', 'Host.Startup', 'not shown');
    log('trace', 'Worker', 'trace');
    expect(lines).toHaveLength(2);
  });

  it('colours errors where it may', () => {
    const { log, lines } = logWith({ default: 'information' }, false, true);
    log('error', 'Worker', 'red');
    log('information', 'Worker', 'plain');
    expect(lines[0]).toMatch(/^\x1b\[31m.*red\x1b\[0m\n$/);
    expect(lines[1]).not.toContain('\x1b');
  });
});
