// Rotations that write too late, lose a secret, go on side by side or leave things lying about, and what the checker says.
import { writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { type NaiveTool, openNaiveTool, type ToolOptions, upTo } from './naive-tool.ts';

interface Wrong {
  name: string;
  options?: ToolOptions;
  does(tool: NaiveTool): Promise<void>;
  says: string[];
}

const intents: Wrong[] = [
  {
    name: 'creates before it writes anything down',
    does: async (tool) => {
      const pair = await tool.process().create();
      tool.write('record.json', { user: 'alice', ...pair });
      tool.checker.look('after the record');
    },
    says: ['intent first: NEW was made before anything was written down, after CreateAccessKey'],
  },
  {
    name: 'writes down only that it runs',
    does: async (tool) => {
      tool.write('rot-1.lock', { user: 'alice' });
      tool.write('.rot-1.json.keyturn-tmp', { user: 'alice' });
      await tool.process().create();
    },
    says: ['intent first: NEW was made before anything was written down, after CreateAccessKey'],
  },
  {
    name: 'wrote down what another rotation is about to do',
    does: async (tool) => {
      await tool.process('rot-2').claim();
      await tool.process('rot-1').create();
    },
    says: ['intent first: NEW was made before anything was written down, after CreateAccessKey'],
  },
  {
    name: 'sends CreateAccessKey again when its answer was lost',
    options: { keys: [], held: null },
    does: async (tool) => {
      const run = tool.process();
      await run.raise('create');
      tool.sandbox.fault({ operation: 'CreateAccessKey', kind: 'lostAnswer', call: 1 });
      await run.create().catch(() => {});
      await run.create();
    },
    says: [
      'intent first: NEW was made before anything was written down, after CreateAccessKey',
      'secret kept: neither a vault nor a place holds the secret of SOME, which is active, after CreateAccessKey',
    ],
  },
  {
    name: 'gives its claim back with the key still there that nobody answered for',
    does: async (tool) => {
      const run = tool.process();
      await run.raise('create', tool.old.accessKeyId);
      await run.create();
      await run.release();
    },
    says: ['intent first: NEW exists, and nothing that is written down leads to it any more, after UntagUser'],
  },
  {
    name: 'erases its notes while the new key is nowhere else',
    does: async (tool) => {
      const { run } = await upTo('created', tool);
      tool.checker.look('after the vault');
      tool.erase('rot-1-vault.json');
      await run.raise('roll back');
    },
    says: [
      'intent first: NEW exists, and nothing that is written down leads to it any more, before TagUser',
      'secret kept: neither a vault nor a place holds the secret of NEW, which is active, before TagUser',
    ],
  },
];

const secrets: Wrong[] = [
  {
    name: 'could not store the secret, and notes the key all the same',
    does: async (tool) => {
      const run = tool.process();
      await run.raise('create', tool.old.accessKeyId);
      const { accessKeyId } = await run.create();
      tool.write('record.json', { user: 'alice', newKey: accessKeyId });
      tool.checker.look('after the record');
    },
    says: ['secret kept: neither a vault nor a place holds the secret of NEW, which is active, after the record'],
  },
  {
    name: 'could not send the mail with the secret, and goes on',
    options: { keys: [{}], held: null },
    does: async (tool) => {
      const run = tool.process();
      await run.raise('create', tool.old.accessKeyId);
      await run.create();
      await run.raise('deactivate', tool.old.accessKeyId);
      await run.setStatus(tool.old, 'Inactive');
    },
    says: ['secret kept: neither a vault nor a place holds the secret of NEW, which is active, after UpdateAccessKey'],
  },
  {
    name: 'stores half the secret',
    does: async (tool) => {
      const run = tool.process();
      await run.raise('create', tool.old.accessKeyId);
      const pair = await run.create();
      tool.write('vault.json', { ...pair, secretAccessKey: pair.secretAccessKey.slice(0, 20) });
      tool.checker.look('after the vault');
    },
    says: ['secret kept: neither a vault nor a place holds the secret of NEW, which is active, after the vault'],
  },
];

const races: Wrong[] = [
  {
    name: 'deactivates while another rotation has delivered and is not over',
    does: async (tool) => {
      const { both } = await upTo('delivered', tool);
      const second = tool.process('rot-2');
      await second.raise('deactivate', ...both);
      await second.setStatus(tool.old, 'Inactive');
    },
    says: [
      'one rotation: rotation rot-2 deactivates OLD while rotation rot-1, which delivers NEW to PLACE, is not over, after UpdateAccessKey',
    ],
  },
  {
    name: 'is told from another by the name of its process alone',
    does: async (tool) => {
      const [first, second] = ['one', 'two'].map((app, n) =>
        tool.process(`rot-${n + 1}`, { agent: [['keyturn', '1.0.0']], app }),
      ) as [ReturnType<NaiveTool['process']>, ReturnType<NaiveTool['process']>];
      await first.claim();
      await second.claim();
      await first.raise('create', tool.old.accessKeyId);
      const pair = await first.create();
      tool.write('vault.json', pair);
      tool.hold(pair);
      await first.raise('deactivate', tool.old.accessKeyId, pair.accessKeyId);
      await second.raise('deactivate', tool.old.accessKeyId, pair.accessKeyId);
      await first.setStatus(tool.old, 'Inactive');
      await tool.pass(2);
      await second.remove(tool.old);
    },
    says: [
      'one rotation: rotation rot-2 deletes OLD while rotation rot-1, which deactivates OLD, is not over, after DeleteAccessKey',
    ],
  },
  {
    name: 'gives its claim back before it deletes',
    does: async (tool) => {
      const { run } = await upTo('deactivated', tool);
      await tool.pass(2);
      await run.release();
      tool.write('record.json', { oldKey: tool.old.accessKeyId });
      await run.remove(tool.old);
    },
    says: ['one rotation: rotation rot-1 deletes OLD without a claim on alice, after DeleteAccessKey'],
  },
  {
    name: 'knows no claims at all',
    does: async (tool) => {
      tool.write('record.json', { user: 'alice', oldKey: tool.old.accessKeyId });
      const run = tool.process('', { agent: [] });
      const pair = await run.create();
      tool.write('vault.json', pair);
      tool.hold(pair);
      await run.setStatus(tool.old, 'Inactive');
    },
    says: [
      'one rotation: somebody delivers NEW to PLACE without a claim on alice, before UpdateAccessKey',
      'one rotation: somebody deactivates OLD without a claim on alice, after UpdateAccessKey',
    ],
  },
];

test.each([...intents, ...secrets, ...races])('a tool that $name', async ({ options = {}, does, says }) => {
  const tool = await openNaiveTool(options, { onTestFinished });

  await does(tool);

  expect(tool.said()).toEqual(says);
});

test('what is left lying about when all is over is named, each thing once', async () => {
  const tool = await openNaiveTool({}, { onTestFinished });
  const { run } = await upTo('deactivated', tool);
  await tool.pass(2);
  await run.remove(tool.old);
  for (const name of ['alice.lock', 'alice.lock.0123456789ab', '.rot-1.json.keyturn-tmp', 'rot-1.json'])
    tool.write(name, { user: 'alice' });
  for (const name of [`${tool.file}.keyturn-lock`, `${tool.file.replace('cred', '.cred')}.keyturn-tmp`])
    writeFileSync(name, '');
  tool.sandbox.secrets.create({ name: 'keyturn/seal/rot-1', value: '{}', region: 'eu-west-1' });

  tool.checker.atEnd({ over: true });

  expect(tool.said()).toEqual(
    [
      '/state/.rot-1.json.keyturn-tmp',
      '/.credentials.keyturn-tmp',
      '/state/alice.lock',
      '/state/alice.lock.0123456789ab',
      '/credentials.keyturn-lock',
      '/state/rot-1-vault.json',
      'keyturn/seal/rot-1 in eu-west-1',
      `keyturn:claim:rot-1: since=now step=deactivate at=${Date.parse('2026-12-06T10:00:00Z')} keys=OLD/NEW`,
    ].map((what) => `nothing left: ${what}, at the end`),
  );
});

test('of a rotation that is not over, only a temporary file is one too many', async () => {
  const tool = await openNaiveTool({}, { onTestFinished });
  await upTo('deactivated', tool);
  tool.write('alice.lock', '');
  tool.write('.rot-1.json.keyturn-tmp', '{"accessKeyId": "AKIA');

  tool.checker.atEnd({ over: false });

  expect(tool.said()).toEqual(['nothing left: /state/.rot-1.json.keyturn-tmp, at the end']);
});
