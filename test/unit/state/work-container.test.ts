import { RestError, type ContainerClient } from '@azure/storage-blob';
import { WorkContainer } from '../../../src/state/work-container';

/** A container as an identity sees it that has a role on the container, and none on the account. */
function container(answers: { create: number; exists: boolean }): WorkContainer {
  return new WorkContainer({
    containerName: 'work',
    create: () => Promise.reject(new RestError('refused', { statusCode: answers.create })),
    exists: () => Promise.resolve(answers.exists),
  } as unknown as ContainerClient);
}
const done = () => Promise.resolve('done');

test.each([
  ['is there', { create: 409, exists: true }],
  ['is there, and may not be made', { create: 403, exists: true }],
])('a container that %s is used', async (_, answers) => {
  await expect(container(answers).call('read it', done)).resolves.toBe('done');
});

test.each([
  ['may not be made and is not there', { create: 403, exists: false }],
  ['cannot be made', { create: 500, exists: true }],
])('a container that %s is an error', async (_, answers) => {
  await expect(container(answers).call('read it', done)).rejects.toThrow('read it in container work');
});
