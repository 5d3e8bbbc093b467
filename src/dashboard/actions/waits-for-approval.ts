import { go, linkTo } from '../router';
import { announce } from '../ui/announce';

/** Whether an answer says that somebody else has to approve first; then that is said, and shown. */
export function waitsForApproval(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('approval' in answer)) return false;
  announce('It waits for the approval of somebody else.');
  go(linkTo(['changes']));
  return true;
}
