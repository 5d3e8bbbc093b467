export { durationMs } from '../model/duration';
