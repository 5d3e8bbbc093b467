import { parseDemoOptions, UsageError } from '../../../src/local/demo/demo-options';

describe('parseDemoOptions', () => {
  it('prefers flags to variables and variables to presets', () => {
    const options = parseDemoOptions(['--port', '8080', '--json'], { SLUICE_PORT: '1', SLUICE_POSTGRES_PORT: '5433' });
    expect(options).toEqual({ port: 8080, postgresPort: 5433, storagePortBase: 10000, json: true, help: false });
  });

  it.each([
    [['--port', 'x'], '--port must be a port number from 1 to 65533, not "x".'],
    [['--postgres-port', '70000'], '--postgres-port must be a port number'],
    [['--prot', '1'], '--prot'],
    [['stray'], 'stray'],
  ])('refuses %j by name', (args, message) => {
    expect(() => parseDemoOptions(args, {})).toThrow(UsageError);
    expect(() => parseDemoOptions(args, {})).toThrow(message);
  });

  it('names the variable that cannot be used', () => {
    expect(() => parseDemoOptions([], { SLUICE_PORT: 'seven' })).toThrow('SLUICE_PORT must be a port number');
  });
});
