import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';

const PATIENCE_MS = 120_000;
const CITIES = `
pipeline: cities
source:
  connection: landing
  files: cities/*.csv
  format: { type: csv }
  columns: { id: integer, name: string }
target: { connection: warehouse, table: mart.cities, writeDisposition: replace }
`;
const ORDERS = `
pipeline: orders
dependsOn: [cities]
source:
  connection: landing
  files: orders/*.csv
  format: { type: csv }
  columns: { id: integer, city: integer, back: integer, amount: integer }
  partitions: { targetBytes: 1, min: 3 }
transform:
  - lookup: { from: cities, match: { city: id }, take: { city_name: name }, missing: quarantine }
  - lookup: { from: cities, match: { back: id }, take: { back_name: name } }
  - rules:
      list:
        - { name: gift, when: amount = 0, set: { kind: "'gift'" }, reason: costs nothing }
        - { name: large, when: amount > 10, set: { kind: "'large'" } }
      else: { kind: "'usual'" }
  - rule: { when: back IS NULL, set: { back: city }, reason: goes back to where it was }
checks:
  - notNull: [back]
target: { connection: warehouse, table: mart.orders, writeDisposition: replace }
`;

describe('what lookups and rules found', () => {
  let app: InProcessApp;
  beforeAll(async () => {
    app = await startInProcessApp();
    await app.writePipeline('cities', CITIES);
    await app.writePipeline('orders', ORDERS);
    await app.land('cities/all.csv', 'id,name\n1,Berlin\n2,Rome\n3,Oslo\n');
    await app.land('orders/1.csv', 'id,city,back,amount\n1,1,2,5\n2,2,9,0\n3,7,1,50\n');
    await app.land('orders/2.csv', 'id,city,back,amount\n4,3,,11\n5,1,1,12\n');
    await app.land('orders/3.csv', 'id,city,back,amount\n6,,1,1\n');
    expect(await app.run('cities')).toMatchObject({ status: 'Succeeded', counts: { loaded: 3 } });
  }, PATIENCE_MS);
  afterAll(() => app.stop());
  afterEach(() => {
    app.twice = false;
  });

  const figures = (generation: string, cacheHits: number, cacheMisses: number) => {
    const one = { name: 'lookup(cities)', from: 'cities', generation, cacheHits, cacheMisses };
    return {
      lookups: [
        { ...one, step: 0, rows: 6, matched: 4, missing: 2 },
        { ...one, step: 1, rows: 4, matched: 2, missing: 2 },
      ],
      rules: [
        { step: 2, name: 'gift', reason: 'costs nothing', rows: 1 },
        { step: 2, name: 'large', reason: null, rows: 2 },
        { step: 3, name: 'goes back to where it was', reason: 'goes back to where it was', rows: 1 },
      ],
    };
  };

  it(
    'stands in the run record, and the reference is fetched once for each of its generations',
    async () => {
      const first = await app.run('orders');
      expect(first).toMatchObject({ status: 'Succeeded', counts: { read: 6, quarantined: 2, loaded: 4 } });
      const generation = first.pipelines[0]?.lookups?.[0]?.generation ?? '';
      expect(generation).toMatch(/^[0-9a-f]{12}$/);
      expect(first.pipelines[0]).toMatchObject(figures(generation, 2, 1));

      const second = await app.run('orders');
      expect(second.pipelines[0]).toMatchObject(figures(generation, 3, 0));

      await app.land('cities/more.csv', 'id,name\n4,Lima\n');
      await app.run('cities');
      app.twice = true;
      const third = (await app.run('orders')).pipelines[0];
      const next = third?.lookups?.[0]?.generation ?? '';
      expect(next).not.toBe(generation);
      // The second time that an activity runs it finds what the first has fetched.
      expect(third).toMatchObject(figures(next, 3, 0));
      const kept = await readdir(path.join(app.services.activities.engine.limits.tempFolder, 'references'));
      expect(kept.map((name) => name.slice(0, 12)).sort()).toEqual([generation, next].sort());
    },
    PATIENCE_MS,
  );

  it(
    'is left out of the record of a pipeline that has neither',
    async () => {
      const record = (await app.run('cities')).pipelines[0];
      expect(record).not.toHaveProperty('lookups');
      expect(record).not.toHaveProperty('rules');
    },
    PATIENCE_MS,
  );
});
