// What keyturn reads is damaged around a secret, so that whoever complains of it is tempted to quote: places, the vault and
// the record, in all ways in which a parser may stumble.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { type Desk, openDesk, user } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { Case } from '../lane.ts';

const region = 'eu-west-1';

/** What may become of a text that holds a secret. */
const damages: Record<string, (text: string, secret: string) => string> = {
  'cut-in-the-secret': (text, secret) => text.slice(0, text.indexOf(secret) + 30),
  'the-secret-alone': (_, secret) => secret,
  'no-quote': (text, secret) => text.replace(`${secret}"`, secret),
  'no-sign': (text, secret) => text.replace(new RegExp(`[=:]\\s*"?${escaped(secret)}"?`), ` ${secret}`),
  twice: (text) => `${text}\n${text}`,
  'a-nul-behind': (text, secret) => text.replace(secret, `${secret}\0`),
  'more-behind': (text, secret) => text.replace(secret, `${secret} # ${secret}`),
};

/** The desk, and a file with the pair that lies elsewhere: what is beside the desk's own place may hold no secret. */
type Arranged = Desk & { envFile: string };

/** Where the text lies, and how it is put there. */
interface Spot {
  /** What the rotation is told of it. */
  flags(desk: Arranged): string;
  /** Only once a rotation waits. */
  later?: true;
  put(desk: Arranged, id: string, change: (text: string) => string): void;
}

const spots: Record<string, Spot> = {
  'credentials-file': {
    flags: ({ place }) => `--to ${place}`,
    put: ({ credentialsFile }, _, change) => rewrite(credentialsFile, change),
  },
  'env-file': {
    flags: ({ place, envFile }) => `--to env-file:${envFile} --to ${place}`,
    put: ({ envFile }, _, change) => rewrite(envFile, change),
  },
  secretsmanager: {
    flags: () => '--to secretsmanager:app/key',
    put: ({ sandbox: { secrets } }, _, change) =>
      void secrets.put('app/key', change(secrets.value('app/key', { region }) ?? ''), { region }),
  },
  ssm: {
    flags: () => '--to ssm:/app/key',
    put: ({ sandbox: { parameters } }, _, change) =>
      void parameters.put('/app/key', change(parameters.value('/app/key', region)), region),
  },
  'vault-new': {
    later: true,
    flags: ({ place }) => `--to ${place}`,
    put: ({ stateDir }, id, change) => rewrite(join(stateDir, `vault/${id}-new.json`), change),
  },
  'vault-old': {
    later: true,
    flags: ({ place }) => `--to ${place}`,
    put: ({ stateDir }, id, change) => rewrite(join(stateDir, `vault/${id}-old.json`), change),
  },
};

export function damageCases(): Case[] {
  return Object.entries(spots).flatMap(([where, spot]) =>
    Object.entries(damages).map(([how, damage]) => ({
      name: `damage/${where}/${how}`,
      run: async (ending) => {
        const desk = arranged(await openDesk({}, ending), temporaryFolder(ending));
        const begin = `rotate --user ${user} ${spot.flags(desk)} --yes --verbose`;
        const broken = (id: string) =>
          spot.put(desk, id, (text) => damage(text, desk.sandbox.secretsMade.find((one) => text.includes(one)) ?? ''));
        if (!spot.later) {
          broken('');
          await run(desk, `find ${desk.ids[0]} --verbose`);
          await run(desk, begin);
          return 2;
        }
        const id = (await run(desk, `${begin} --json`)).json().rotation ?? '';
        broken(id);
        await desk.pass(60);
        const lines = [`status ${id}`, `resume ${id}`, `rollback ${id}`, `rollback ${id} --only-reactivate`];
        for (const line of lines) await run(desk, `${line} --verbose`);
        return 1 + lines.length;
      },
    })),
  );
}

async function run(desk: Desk, line: string) {
  const transcript = await desk.run(line);
  if (transcript.code === exitCodes.bug) throw new Error(`${line}: exit code 1:\n${transcript.stderr}`);
  return transcript;
}

function arranged(desk: Desk, folder: string): Arranged {
  const {
    keys: [old],
    sandbox: { secrets, parameters },
  } = desk;
  const { accessKeyId = '', secretAccessKey = '' } = old ?? {};
  const value = JSON.stringify({ accessKeyId, secretAccessKey });
  secrets.create({ name: 'app/key', region, value });
  parameters.create({ name: '/app/key', region, value });
  const envFile = join(folder, '.env');
  writeFileSync(envFile, `AWS_ACCESS_KEY_ID=${accessKeyId}\nAWS_SECRET_ACCESS_KEY="${secretAccessKey}"\n`);
  return { ...desk, envFile };
}

function rewrite(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

function escaped(text: string): string {
  return text.replace(/[+/]/g, '\\$&');
}
