// The entry of the bundle: the one file that is run, never imported.
import { start } from './main.ts';

void start();
