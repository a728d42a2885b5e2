// Draws the deployment as it is synthesised: docs/unattended.mmd, and the same in the page beside it. With `--check` it writes
// nothing, and exits 1 naming every file that is not what the template says.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { buildFunctions } from '../src/build-functions.ts';
import { KeyRotation } from './key-rotation.ts';
import { picture, type Template } from './picture.ts';

const root = new URL('../', import.meta.url);

/** With everything in it that a deployment can have; whose keys and which places makes no difference to the picture. */
async function synthesised(): Promise<Template> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-picture-'));
  try {
    const functions = join(folder, 'functions');
    await buildFunctions(root.pathname, functions);
    const app = new App({ outdir: join(folder, 'cdk.out'), analyticsReporting: false });
    const stack = new Stack(app, 'keyturn');
    new KeyRotation(stack, 'KeyRotation', {
      policyFile: new URL('keyturn.yaml', import.meta.url).pathname,
      userPath: '/machines/',
      administratorsPath: '/administrators/',
      places: {
        secrets: [stack.formatArn({ service: 'secretsmanager', resource: 'secret:app/*' })],
        parameters: [stack.formatArn({ service: 'ssm', resource: 'parameter/app/*' })],
      },
      subscribers: ['keys@example.com'],
      mode: 'rotate',
      functions,
    });
    return app.synth().getStackByName('keyturn').template as Template;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const block = /(?<=^```mermaid\n)[\s\S]*?(?=^```$)/m;

/** The files as the template says they are. Throws where the page has no mermaid block. */
async function drawn(): Promise<{ path: string; text: string }[]> {
  const text = picture(await synthesised());
  const page = await readFile(new URL('docs/unattended.md', root), 'utf8');
  if (!block.test(page)) throw new Error('docs/unattended.md has no mermaid block');
  const [, ...lines] = text.split(/^(?=flowchart)/m);
  return [
    { path: 'docs/unattended.mmd', text },
    { path: 'docs/unattended.md', text: page.replace(block, () => lines.join('')) },
  ];
}

async function main(args: string[]): Promise<void> {
  for (const { path, text } of await drawn()) {
    const url = new URL(path, root);
    if ((await readFile(url, 'utf8').catch(() => null)) === text) continue;
    if (args.includes('--check')) {
      console.error(`error: ${path} is not what the template says\nhint: npm run generate`);
      process.exitCode = 1;
    } else {
      await writeFile(url, text);
      console.error(`wrote ${path}`);
    }
  }
}

if (import.meta.main) await main(process.argv.slice(2));
