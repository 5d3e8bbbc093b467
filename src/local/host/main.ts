import { runHostCommand } from './host-command';

void runHostCommand(process.argv.slice(2));
