import { blobServiceClient, tableClient } from '../../../src/platform/storage-clients';

const KEY = 'AccountKey=eHg=';
const LOCAL = `DefaultEndpointsProtocol=http;AccountName=a;${KEY};BlobEndpoint=http://127.0.0.1:1/a;TableEndpoint=http://127.0.0.1:2/a`;

test('a connection string, the emulator and the identity form name an account', () => {
  expect(blobServiceClient('S', { S: LOCAL }).url).toBe('http://127.0.0.1:1/a');
  expect(tableClient('S', 't', { S: LOCAL }).url).toContain('127.0.0.1:2/a');
  expect(blobServiceClient('S', { S: 'UseDevelopmentStorage=true' }).url).toContain('127.0.0.1:10000/devstoreaccount1');
  expect(tableClient('S', 't', { S: 'UseDevelopmentStorage=true' }).url).toContain('127.0.0.1:10002');
  expect(blobServiceClient('S', { S__blobServiceUri: 'https://a.blob.core.windows.net' }).url).toMatch(
    /^https:\/\/a\.blob/,
  );
  expect(tableClient('S', 't', { S__accountName: 'b' }).url).toBe('https://b.table.core.windows.net');
});

test('a setting that is missing is named with what it may hold', () => {
  expect(() => blobServiceClient('LANDING', {})).toThrow(/LANDING.*LANDING__blobServiceUri/);
  expect(() => tableClient('LANDING', 't', { LANDING: '' })).toThrow(/LANDING__tableServiceUri/);
});

test('plain HTTP goes to this machine only', () => {
  const other = LOCAL.replaceAll('127.0.0.1', 'storage.example');
  expect(() => blobServiceClient('S', { S: other })).toThrow('plain HTTP');
  expect(() => tableClient('S', 't', { S: other })).toThrow('plain HTTP');
  expect(() => tableClient('S', 't', { S__tableServiceUri: 'http://storage.example' })).toThrow('plain HTTP');
  // A name of the network that begins like a loopback address.
  expect(() => blobServiceClient('S', { S__blobServiceUri: 'http://127.example.com' })).toThrow('plain HTTP');
  expect(() => tableClient('S', 't', { S__tableServiceUri: 'storage.example' })).toThrow('is no address');
});
