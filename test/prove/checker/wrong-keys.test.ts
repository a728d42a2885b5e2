// Rotations that break something in the account, most of them as tools in use have done it, and what the checker says of each.
import { CreateAccessKeyCommand, DeleteAccessKeyCommand, IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { expect, onTestFinished, test } from 'vitest';
import { type NaiveTool, openNaiveTool, type ToolOptions, upTo } from './naive-tool.ts';

interface Wrong {
  name: string;
  options?: ToolOptions;
  does(tool: NaiveTool): Promise<void>;
  says: string[];
}

const twoKeys = { keys: [{}, {}] };

const deletions: Wrong[] = [
  {
    name: 'deletes the old key at once',
    does: async (tool) => {
      const { run } = await upTo('delivered', tool);
      await run.remove(tool.old);
    },
    says: ['delete only: deletes OLD, which is active, after DeleteAccessKey'],
  },
  {
    // aws-samples/aws-iam-access-key-auto-rotation#11
    name: 'deletes first and creates second',
    does: async (tool) => {
      const run = tool.process();
      await run.raise('delete', tool.old.accessKeyId);
      await run.setStatus(tool.old, 'Inactive');
      await run.remove(tool.old);
    },
    says: [
      'deliver first: deactivates OLD, which PLACE still holds, after UpdateAccessKey',
      'delete only: deletes OLD, 0 s after its deactivation, and nobody agreed to less than 3600 s, after DeleteAccessKey',
      'no outage: PLACE holds OLD, which does not exist, after DeleteAccessKey',
    ],
  },
  {
    name: 'deletes a minute after the deactivation',
    does: async (tool) => {
      const { run } = await upTo('deactivated', tool);
      await tool.pass(1 / 60);
      await run.remove(tool.old);
    },
    says: [
      'delete only: deletes OLD, 60 s after its deactivation, and nobody agreed to less than 3600 s, after DeleteAccessKey',
    ],
  },
  {
    name: 'deletes a key that was used in its grace',
    does: async (tool) => {
      const { run } = await upTo('deactivated', tool);
      tool.sandbox.account.use(tool.old.accessKeyId, { at: '2026-12-06T10:00:00Z' });
      await tool.pass(1);
      tool.sandbox.account.use(tool.old.accessKeyId, { at: '2026-12-06T10:30:00Z' });
      await tool.pass(24);
      await run.remove(tool.old);
    },
    says: [
      'delete only: deletes OLD, which was used at 2026-12-06T10:30:00Z, after its deactivation at 2026-12-06T10:00:00Z, after DeleteAccessKey',
    ],
  },
  {
    name: 'deletes the older of two keys without looking, to make room',
    options: { ...twoKeys, held: 1 },
    does: async (tool) => {
      const run = tool.process();
      await run.raise('create', tool.other.accessKeyId);
      await run.remove(tool.old);
    },
    says: ['delete only: deletes OLD, which is active, after DeleteAccessKey'],
  },
  {
    name: 'deletes an inactive key that somebody keeps, to make room',
    options: { keys: [{}, { status: 'Inactive' }] },
    does: async (tool) => {
      const run = tool.process();
      await run.raise('create', tool.old.accessKeyId);
      await run.remove(tool.other);
    },
    says: ['delete only: deletes OTHER, which keyturn did not deactivate, after DeleteAccessKey'],
  },
  {
    // cloud-custodian/cloud-custodian#842
    name: 'picks every key of the user that is old',
    options: { ...twoKeys, held: 1 },
    does: async (tool) => {
      const run = tool.process();
      await run.raise('deactivate', tool.old.accessKeyId);
      for (const key of [tool.old, tool.other]) await run.setStatus(key, 'Inactive');
    },
    says: [
      'only its own: deactivates OTHER, which no claim or record names, after UpdateAccessKey',
      'deliver first: deactivates OTHER, which PLACE still holds, after UpdateAccessKey',
    ],
  },
  {
    name: "takes a person's new key for its own orphan",
    does: async (tool) => {
      const run = tool.process();
      await run.raise('create', tool.old.accessKeyId);
      const done = tool.checker.byHand();
      const stranger = await tool.process('a-person').create();
      done();
      await run.setStatus(stranger, 'Inactive');
      await run.remove(stranger);
    },
    says: [
      'only its own: deactivates NEW, which no claim or record names, after UpdateAccessKey',
      'delete only: deletes NEW, 0 s after its deactivation, and nobody agreed to less than 3600 s, after DeleteAccessKey',
      'delete only: deletes NEW, which no claim or record names, after DeleteAccessKey',
    ],
  },
  {
    name: 'removes the key that a lost answer left, though somebody uses it',
    does: async (tool) => {
      const run = tool.process();
      await run.raise('create', tool.old.accessKeyId);
      const pair = await run.create();
      tool.sandbox.account.use(pair.accessKeyId);
      await run.setStatus(pair, 'Inactive');
      await run.remove(pair);
    },
    says: ['delete only: deletes NEW, which nobody could use but somebody did, after DeleteAccessKey'],
  },
  {
    name: 'deletes the new key in a roll back though a place was offered it',
    does: async (tool) => {
      const { run, pair } = await upTo('delivered', tool);
      await run.raise('roll back');
      tool.hold(tool.old);
      await run.setStatus(pair, 'Inactive');
      await run.remove(pair);
    },
    says: [
      'delete only: deletes NEW, 0 s after its deactivation, and nobody agreed to less than 3600 s, after DeleteAccessKey',
    ],
  },
];

const outages: Wrong[] = [
  {
    name: 'deactivates the old key before the place has the new one',
    does: async (tool) => {
      const { run } = await upTo('created', tool);
      await run.setStatus(tool.old, 'Inactive');
    },
    says: ['deliver first: deactivates OLD, which PLACE still holds, after UpdateAccessKey'],
  },
  {
    name: 'deactivates a key in use, and nothing tells that it did',
    does: async (tool) => {
      await upTo('created', tool);
      await tool.process('rot-1', { agent: [] }).setStatus(tool.old, 'Inactive');
    },
    says: [
      'deliver first: deactivates OLD, which PLACE still holds, after UpdateAccessKey',
      'no outage: PLACE holds OLD, which is inactive, and not because keyturn deactivated it, after UpdateAccessKey',
    ],
  },
  {
    name: 'writes key id and secret in two steps',
    does: async (tool) => {
      const { pair } = await upTo('created', tool);
      tool.hold({ ...tool.old, accessKeyId: pair.accessKeyId });
      tool.checker.look('after the id');
      tool.hold(pair);
      tool.checker.look('after the secret');
    },
    says: ['no outage: PLACE holds NEW with a secret that is not its own, after the id'],
  },
  {
    name: 'dies while it rewrites the file in place',
    does: async (tool) => {
      await upTo('created', tool);
      tool.hold({});
      tool.checker.look('after the crash');
    },
    says: ['no outage: PLACE holds no pair, after the crash'],
  },
  {
    name: 'fails to write the file, says so in the log, and goes on to the end',
    does: async (tool) => {
      const { run } = await upTo('created', tool);
      await run.setStatus(tool.old, 'Inactive');
      await tool.pass(2);
      await run.remove(tool.old);
    },
    says: [
      'deliver first: deactivates OLD, which PLACE still holds, after UpdateAccessKey',
      'no outage: PLACE holds OLD, which does not exist, after DeleteAccessKey',
    ],
  },
  {
    name: 'delivers a pair that AWS has deactivated since',
    does: async (tool) => {
      const { run, pair } = await upTo('created', tool);
      await tool.process('rot-1', { agent: [] }).setStatus(pair, 'Inactive');
      tool.hold(pair);
      await run.raise('deactivate');
    },
    says: ['no outage: PLACE holds NEW, which is inactive, and not because keyturn deactivated it, before TagUser'],
  },
];

const strangers: Wrong[] = [
  {
    name: "makes, deactivates and deletes other users' keys",
    does: async (tool) => {
      const { iam, claim } = tool.process();
      await claim();
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'bob' }));
      const key = { UserName: 'bob', AccessKeyId: AccessKey?.AccessKeyId };
      await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
      await iam.send(new DeleteAccessKeyCommand(key));
    },
    says: [
      'only this user: CreateAccessKey for bob, and the rotation is about alice, after CreateAccessKey',
      'only this user: UpdateAccessKey for bob, and the rotation is about alice, after UpdateAccessKey',
      'only this user: DeleteAccessKey for bob, and the rotation is about alice, after DeleteAccessKey',
    ],
  },
  {
    name: "is run by root, and deactivates root's key",
    does: async ({ sandbox }) => {
      const credentials = sandbox.account.createRootKey();
      const iam = new IAMClient({ endpoint: sandbox.url, region: 'us-east-1', credentials });
      const { accessKeyId: AccessKeyId } = credentials;
      await iam.send(new UpdateAccessKeyCommand({ AccessKeyId, Status: 'Inactive' }));
      iam.destroy();
    },
    says: ['only this user: UpdateAccessKey for root, and the rotation is about alice, after UpdateAccessKey'],
  },
  {
    name: 'names no user, and so deactivates the key that it runs with',
    does: async (tool) => {
      const { iam } = tool.process();
      const { accessKeyId: AccessKeyId } = tool.sandbox.credentials;
      await iam.send(new UpdateAccessKeyCommand({ AccessKeyId, Status: 'Inactive' }));
    },
    says: ['only this user: UpdateAccessKey for administrator, and the rotation is about alice, after UpdateAccessKey'],
  },
];

test.each([...deletions, ...outages, ...strangers])('a tool that $name', async ({ options = {}, does, says }) => {
  const tool = await openNaiveTool(options, { onTestFinished });

  await does(tool);

  expect(tool.said()).toEqual(says);
});
