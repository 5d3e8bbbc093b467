import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readHostConfig } from '../../../src/local/host/host-config';
import { applySettings, readLocalSettings } from '../../../src/local/host/local-settings';
import { resolveSettings } from '../../../src/local/host/resolve-setting';

describe('the files of an app', () => {
  let folder: string;
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'sluice-config-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives the defaults of the real host', () => {
    write('host.json', '{ "version": "2.0" }');
    expect(readHostConfig(folder)).toEqual({
      routePrefix: 'api',
      logLevels: { default: 'information' },
      hubName: 'TestHubName',
      durableTask: {},
      blobs: { maxDegreeOfParallelism: 8, poisonBlobThreshold: 5 },
    });
  });

  it('reads route prefix, levels in any case, hub and limits, with comments and a byte order mark', () => {
    const text = `\uFEFF{ // a comment with "quotes"
      "logging": { "logLevel": { "default": "Warning", "Function.x": "trace" } }, /* another */
      "extensions": {
        "http": { "routePrefix": "/v1/" },
        "durableTask": { "hubName": "a//b", "maxConcurrentActivityFunctions": 3 },
        "blobs": { "maxDegreeOfParallelism": 2, "poisonBlobThreshold": 1 }
      } }`;
    write('host.json', text);
    expect(readHostConfig(folder)).toEqual({
      routePrefix: 'v1',
      logLevels: { default: 'warning', 'Function.x': 'trace' },
      hubName: 'a//b',
      durableTask: { hubName: 'a//b', maxConcurrentActivityFunctions: 3 },
      blobs: { maxDegreeOfParallelism: 2, poisonBlobThreshold: 1 },
    });
  });

  it('takes an empty route prefix for none', () => {
    write('host.json', '{ "extensions": { "http": { "routePrefix": "" } } }');
    expect(readHostConfig(folder).routePrefix).toBe('');
  });

  it.each([
    ['{ "logging": { "logLevel": { "default": "loud" } } }', 'the log level "loud" of "default" is not known'],
    ['{ "extensions": [] }', 'extensions must be an object'],
    ['{ "extensions": { "http": { "routePrefix": 1 } } }', '"routePrefix" must be a string'],
    ['{ "version": ', 'is not valid JSON'],
  ])('refuses %p, saying why', (text, message) => {
    write('host.json', text);
    expect(() => readHostConfig(folder)).toThrow(message);
  });

  it('says where there is no app', () => {
    expect(() => readHostConfig(folder)).toThrow(`There is no function app in ${folder}: it has no host.json.`);
  });

  it('reads the values of local.settings.json, where there is one', () => {
    expect(readLocalSettings(folder)).toEqual({});
    write('local.settings.json', '{ "Values": { "A": "x", "N": 1, "B": true } }');
    expect(readLocalSettings(folder)).toEqual({ A: 'x', N: '1', B: 'true' });
  });

  it.each([
    ['{ "IsEncrypted": true }', 'is encrypted'],
    ['{ "Values": { "A": {} } }', 'the value of "A" must be text'],
  ])('refuses local.settings.json with %p', (text, message) => {
    write('local.settings.json', text);
    expect(() => readLocalSettings(folder)).toThrow(message);
  });

  it('lets the environment win', () => {
    const env: NodeJS.ProcessEnv = { A: 'environment' };
    applySettings({ A: 'file', B: 'file' }, env);
    expect(env).toEqual({ A: 'environment', B: 'file' });
  });

  it('replaces settings in bindings and names one that is missing', () => {
    expect(resolveSettings('%A%/in/{name}/%B%', { A: 'x', B: '' })).toBe('x/in/{name}/');
    expect(() => resolveSettings('%A%', {})).toThrow('The app setting "A", named by "%A%", is missing.');
  });
});
