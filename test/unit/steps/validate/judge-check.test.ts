import { checkDefinitions } from '../../../../src/steps/transform/checks/check-definitions';
import { judgeCheck } from '../../../../src/steps/validate/judge-check';

const check = (more: object) =>
  checkDefinitions({
    checks: [{ range: { column: 'amount', min: 0, onFailure: 'quarantine', ...more } }],
  } as never)[0]!;

test('waived failures are counted, said, and held against nothing', () => {
  expect(
    judgeCheck(check({ onFailure: 'fail' }), { evaluated: 3, failures: 2, waived: 2, isRelease: true }),
  ).toMatchObject({
    failures: 2,
    waived: 2,
    status: 'passed',
    message: 'range(amount): 2 of 3 rows fail and are waived: they are loaded. The others pass.',
  });
  const mixed = judgeCheck(check({}), { evaluated: 3, failures: 2, waived: 1, isRelease: true });
  expect(mixed).toMatchObject({ failures: 2, waived: 1, status: 'quarantined' });
  expect(mixed.message).toMatch(
    /^range\(amount\): 1 of 3 rows fail .* they are quarantined\. 1 of 3 rows fail and are waived/,
  );
});

test('a share of released rows fails no run, and a check that says fail does', () => {
  const figures = { evaluated: 2, failures: 2 };
  expect(judgeCheck(check({ maxFailures: '1%' }), figures).status).toBe('failed');
  expect(judgeCheck(check({ maxFailures: '1%' }), { ...figures, isRelease: true }).status).toBe('quarantined');
  expect(judgeCheck(check({ onFailure: 'fail' }), { ...figures, isRelease: true }).status).toBe('failed');
});

test('without waivers nothing is said of them', () => {
  expect(judgeCheck(check({}), { evaluated: 2, failures: 0 })).not.toHaveProperty('waived');
});
