import { isConnectionLoss, postgresErrorOf } from '../../../src/connectors/postgres/postgres-error-of';
import { sourceErrorOf } from '../../../src/connectors/sources/postgres/source-error-of';

const thrown = (code: string | undefined, message = 'what "value" was said', more: object = {}) =>
  Object.assign(new Error(message), { code, ...more });

describe('postgresErrorOf', () => {
  it.each(['P0001', 'U0042', '00001', 'ZZ000'])('what a function of users says (%s) is not repeated', (code) => {
    const error = postgresErrorOf(thrown(code, 'no mail to ann@example.org'), 'warehouse');
    expect(error).toMatchObject({ code: 'target-query-failed', message: expect.stringContaining(code) as string });
    expect(`${error.message} ${String(error.cause)}`).not.toContain('ann');
    expect(sourceErrorOf(thrown(code, 'no mail to ann@example.org'), 'people', 'crm').message).not.toContain('ann');
  });

  it.each([
    ['28P01', 'authentication-failed', 'persistent'],
    ['28000', 'authentication-failed', 'persistent'],
    ['42501', 'target-permission-denied', 'persistent'],
    ['53300', 'target-busy', 'transient'],
    ['40001', 'target-busy', 'transient'],
    ['40P01', 'target-busy', 'transient'],
    ['55P03', 'target-busy', 'transient'],
    ['57014', 'target-timeout', 'transient'],
    ['53100', 'target-disk-full', 'infrastructure'],
    ['57P01', 'target-unavailable', 'infrastructure'],
    ['57P03', 'target-unavailable', 'infrastructure'],
    ['25006', 'target-unavailable', 'infrastructure'],
    ['08006', 'target-unavailable', 'infrastructure'],
    ['23505', 'target-constraint-violated', 'business'],
    ['22021', 'target-value-refused', 'business'],
    ['22003', 'target-value-refused', 'business'],
    ['42601', 'target-query-failed', 'persistent'],
    ['ECONNREFUSED', 'target-unavailable', 'infrastructure'],
    [undefined, 'target-unavailable', 'infrastructure'],
  ])('%s is %s (%s)', (code, expected, failureClass) => {
    expect(postgresErrorOf(thrown(code), 'warehouse')).toMatchObject({
      code: expected,
      class: failureClass,
      connection: 'warehouse',
    });
  });

  it('takes a missing staging table for lost staging', () => {
    const error = thrown('42P01', 'relation "sluice_staging.s_1" does not exist');
    expect(postgresErrorOf(error, 'warehouse')).toMatchObject({ code: 'staging-lost' });
  });

  it.each(['22P02', '23505'])('lets no value through with %s', (code) => {
    const error = postgresErrorOf(thrown(code, 'invalid input: "4111 1111"', { constraint: 'key' }), 'warehouse');
    expect(error.message).not.toContain('4111');
    expect(error.cause).toBeUndefined();
  });

  it('knows when nobody can tell what the server did', () => {
    expect(isConnectionLoss(thrown('ECONNRESET'))).toBe(true);
    expect(isConnectionLoss(thrown('57P01'))).toBe(true);
    expect(isConnectionLoss(thrown('23503'))).toBe(false);
  });
});
