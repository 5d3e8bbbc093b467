import { windowAt } from '../../model/run-window';
import { ACTIVITIES } from '../contracts/names';
import { defineActivity } from './define-activity';

/** Whether a run window is open at the orchestration's time, and when that changes. */
export const checkRunWindow = defineActivity(ACTIVITIES.checkRunWindow, (_services, { window, now }) =>
  Promise.resolve(windowAt(window, now)),
);
