// `keyturn …` typed by somebody at a machine of their own, who may do everything in the account and has no state folder yet.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { main } from '../../../src/cli/main.ts';
import type { Ending } from '../../support/cli.ts';
import { noAws } from '../../support/cli.ts';
import { region } from '../../support/cloud.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { Scene } from './scene.ts';

export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

export async function atTerminal({ cloud }: Scene, command: string, ending: Ending): Promise<Said> {
  const { sandbox, clock } = cloud;
  const home = temporaryFolder(ending);
  const cwd = join(home, 'here');
  mkdirSync(cwd);
  const env = {
    HOME: home,
    KEYTURN_STATE_DIR: join(home, 'state'),
    AWS_ENDPOINT_URL: sandbox.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandbox.credentials.secretAccessKey,
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const before = { ...process.env };
  for (const name of Object.keys(noAws())) delete process.env[name];
  Object.assign(process.env, env);
  const [stdout, stderr] = [sink(), sink()];
  try {
    const code = await main(command.split(' '), {
      stdin: new PassThrough() as unknown as NodeJS.ReadStream,
      stdout: stdout.stream,
      stderr: stderr.stream,
      env,
      cwd,
      home,
      clock,
      terminal: false,
      interrupted: new AbortController().signal,
    });
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

function sink() {
  let text = '';
  const stream = new Writable({
    write: (chunk, _, done) => {
      text += chunk;
      done();
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}
