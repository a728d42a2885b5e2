// A tool that rotates as scripts do: SDK calls and written files, one by one in whatever order a test likes, with the checker
// beside it. What the checker said is told with `OLD`, `NEW` and `OTHER` instead of ids.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { createVirtualClock } from '../../../src/clock.ts';
import { createSandbox, type KeyArrangement } from '../../../src/sandbox/index.ts';
import type { Ending } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { createChecker, credentialsFilePlace, type Pair, type Watched } from '../checker.ts';

export interface ToolOptions {
  /** Default: one, which the place holds. */
  keys?: readonly KeyArrangement[];
  /** Which of them the place holds; null for none. Default: the first. */
  held?: number | null;
  watched?: Partial<Watched>;
}

export type NaiveTool = Awaited<ReturnType<typeof openNaiveTool>>;

export async function openNaiveTool({ keys = [{}], held = 0, watched }: ToolOptions, ending: Ending) {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const sandbox = await createSandbox({ clock, seed: 'naive' });
  const folder = temporaryFolder(ending);
  const [file, state] = [join(folder, 'credentials'), join(folder, 'state')];
  mkdirSync(state);
  const pairs = sandbox.account.createUser({ name: 'alice', keys }).keys;
  const [old, other] = pairs;
  sandbox.account.createUser({ name: 'bob' });
  const hold = (pair: Partial<Pair>, profile = 'default') =>
    writeFileSync(
      file,
      [
        `[${profile}]`,
        ...(pair.accessKeyId === undefined ? [] : [`aws_access_key_id = ${pair.accessKeyId}`]),
        ...(pair.secretAccessKey === undefined ? [] : [`aws_secret_access_key = ${pair.secretAccessKey}`]),
        '',
      ].join('\n'),
    );
  hold((held === null ? undefined : pairs[held]) ?? {});

  const checker = createChecker({
    sandbox,
    user: 'alice',
    places: [credentialsFilePlace(file)],
    stateFolders: [state],
    ...watched,
  });
  const names = new Map([
    [old?.accessKeyId, 'OLD'],
    [other?.accessKeyId, 'OTHER'],
  ]);
  const clients: IAMClient[] = [];
  ending.onTestFinished(async () => {
    checker.close();
    for (const client of clients) client.destroy();
    await sandbox.close();
  });

  /** The calls of one process. `agent`: what it says of itself; by default keyturn with its rotation. */
  const process = (
    rotation = 'rot-1',
    {
      agent = [
        ['keyturn', '1.0.0'],
        ['rotation', rotation],
      ],
      app,
    }: { agent?: [string, string][]; app?: string } = {},
  ) => {
    const iam = new IAMClient({
      endpoint: sandbox.url,
      region: 'us-east-1',
      credentials: sandbox.credentials,
      customUserAgent: agent,
      maxAttempts: 1,
      ...(app ? { userAgentAppId: app } : {}),
    });
    clients.push(iam);
    const user = { UserName: 'alice' };
    const tag = `keyturn:claim:${rotation}`;
    const claim = async (...words: string[]) => {
      await iam.send(new TagUserCommand({ ...user, Tags: [{ Key: tag, Value: ['since=now', ...words].join(' ') }] }));
    };
    return {
      iam,
      claim,
      /** Says in the claim what it is about to do, and to which keys. */
      raise: (step: string, ...ids: string[]) => claim(`step=${step}`, `at=${clock.now()}`, `keys=${ids.join('/')}`),
      release: async () => {
        await iam.send(new UntagUserCommand({ ...user, TagKeys: [tag] }));
      },
      create: async (UserName = 'alice'): Promise<Pair> => {
        const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
        const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
        names.set(accessKeyId, [...names.values()].includes('NEW') ? 'NEWER' : 'NEW');
        return { accessKeyId, secretAccessKey };
      },
      setStatus: async ({ accessKeyId: AccessKeyId }: { accessKeyId: string }, Status: 'Active' | 'Inactive') => {
        await iam.send(new UpdateAccessKeyCommand({ ...user, AccessKeyId, Status }));
      },
      remove: async ({ accessKeyId: AccessKeyId }: { accessKeyId: string }) => {
        await iam.send(new DeleteAccessKeyCommand({ ...user, AccessKeyId }));
      },
    };
  };

  return {
    sandbox,
    clock,
    checker,
    file,
    state,
    old: old ?? { accessKeyId: '', secretAccessKey: '' },
    other: other ?? { accessKeyId: '', secretAccessKey: '' },
    process,
    /** The place holds this from now on. */
    hold,
    write: (name: string, content: unknown) =>
      writeFileSync(join(state, name), typeof content === 'string' ? content : JSON.stringify(content)),
    erase: (name: string) => rmSync(join(state, name)),
    pass: (hours: number) => clock.advance(hours * 3_600_000),
    /** Everything that the checker said so far, without the requests' numbers. */
    said: () =>
      checker.violations.map((one) =>
        one
          .replace(/AKIA[A-Z0-9]+/g, (id) => names.get(id) ?? 'SOME')
          .replace(/request \d+, iam\./, '')
          .replaceAll(`default@${file}`, 'PLACE')
          .replaceAll(folder, ''),
      ),
  };
}

/** A right rotation up to some step, by a tool that is no keyturn; a test goes on wrongly from there. */
export async function upTo(step: 'created' | 'delivered' | 'deactivated', tool: NaiveTool, rotation = 'rot-1') {
  const { old, hold, write, process } = tool;
  const run = process(rotation);
  await run.claim();
  await run.raise('create', old.accessKeyId);
  const pair = await run.create();
  write(`${rotation}-vault.json`, pair);
  const both = [old.accessKeyId, pair.accessKeyId];
  if (step === 'created') return { run, pair, both };
  await run.raise('deliver', ...both);
  hold(pair);
  if (step === 'delivered') return { run, pair, both };
  await run.raise('deactivate', ...both);
  await run.setStatus(old, 'Inactive');
  return { run, pair, both };
}
