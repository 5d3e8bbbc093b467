import { NO_ROWS } from '../../../../src/model/counts';
import { publishPipeline } from '../../../../src/steps/load/publish-pipeline';
import type { PublishRequest, Target } from '../../../../src/steps/load/target';

const part = (partition: number, rows: number) => ({ partition, facts: { rows, checksums: {} } });

function request(more: Partial<PublishRequest>): PublishRequest {
  return {
    runId: 'r',
    pipeline: 'p',
    target: { connection: 'c', table: 't', writeDisposition: 'append' },
    columns: [],
    slice: { kind: 'full' },
    definitionHash: 'd',
    staged: [part(0, 2), part(1, 1)],
    counts: { ...NO_ROWS, read: 4, filtered: 1, loaded: 3 },
    verify: [],
    expectedPreviousLoad: 0,
    beforeCommit: async () => {},
    ...more,
  };
}

function targetThatTakes(rows: number) {
  const publish = jest.fn(async () => ({ load: 1, rows, verifications: [], alreadyPublished: false }));
  return { target: { publish } as unknown as Target, publish };
}

describe('publishPipeline', () => {
  it('publishes what balances', async () => {
    const { target, publish } = targetThatTakes(3);
    expect(await publishPipeline(target, request({}))).toMatchObject({ rows: 3 });
    expect(publish).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['rows that are lost', { counts: { ...NO_ROWS, read: 5, filtered: 1, loaded: 3 } }, /1 rows of p are lost/],
    ['rows too many', { counts: { ...NO_ROWS, read: 3, filtered: 1, loaded: 3 } }, /1 rows too many/],
    ['fewer staged rows than are to be loaded', { staged: [part(0, 2)] }, /3 rows are to be loaded, and 2 are staged/],
    ['a partition that is there twice', { staged: [part(0, 2), part(0, 1)] }, /staged twice/],
  ])('touches nothing for %s', async (_, more, message) => {
    const { target, publish } = targetThatTakes(3);
    await expect(publishPipeline(target, request(more))).rejects.toMatchObject({
      code: 'ledger-imbalance',
      message: expect.stringMatching(message) as string,
    });
    expect(publish).not.toHaveBeenCalled();
  });

  it('does not believe a target that took in another number of rows', async () => {
    await expect(publishPipeline(targetThatTakes(2).target, request({}))).rejects.toMatchObject({
      code: 'ledger-imbalance',
    });
  });
});
