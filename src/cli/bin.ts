// The entry of the bundle: the one file that is run, never imported.
import { version } from '../version.ts';

process.stdout.write(`${version}\n`);
