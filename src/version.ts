// keyturn's own version: a constant of the bundle, and read from package.json where the source is run as it is.
import manifest from '../package.json' with { type: 'json' };

declare const KEYTURN_VERSION: string | undefined;

export const version: string = typeof KEYTURN_VERSION === 'string' ? KEYTURN_VERSION : manifest.version;
