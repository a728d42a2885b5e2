// The servers that the other emulator tests rest on: authentication is on, a reset empties the account, nothing is left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { GetUserCommand, IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { describeEmulators } from './describe-emulators.ts';
import { type Credentials, clientFor, environmentFor, makeUser } from './servers.ts';

describeEmulators(
  ['moto', 'MiniStack'],
  ({ name, emulator }) => {
    const iamAs = (credentials: Credentials) => new IAMClient(clientFor(emulator(), credentials));

    test('a user is made with the keys, tags and permissions asked for', async () => {
      const [active, inactive] = await makeUser(emulator(), {
        name: 'alice',
        path: '/apps/',
        tags: { team: 'billing' },
        keys: ['Active', 'Inactive'],
        allow: [{ Action: 'iam:ListAccessKeys', Resource: '*' }],
      });

      const alice = iamAs(active as Credentials);
      const listed = await alice.send(new ListAccessKeysCommand({ UserName: 'alice' }));
      expect(listed.AccessKeyMetadata).toMatchObject([
        { AccessKeyId: active?.accessKeyId, Status: 'Active' },
        { AccessKeyId: inactive?.accessKeyId, Status: 'Inactive' },
      ]);
      await expect(alice.send(new GetUserCommand({ UserName: 'alice' }))).rejects.toMatchObject({
        name: 'AccessDenied',
      });
      const { User } = await iamAs(emulator().adminCredentials).send(new GetUserCommand({ UserName: 'alice' }));
      expect(User).toMatchObject({ Path: '/apps/', Tags: [{ Key: 'team', Value: 'billing' }] });
    });

    test('a reset leaves nothing but a new administrator, and authentication on', async () => {
      const before = emulator().adminCredentials;
      const keys = await makeUser(emulator(), { name: 'bob', allow: [{ Action: '*', Resource: '*' }] });

      await emulator().reset();

      const admin = iamAs(emulator().adminCredentials);
      await expect(admin.send(new GetUserCommand({ UserName: 'bob' }))).rejects.toMatchObject({ Code: 'NoSuchEntity' });
      for (const former of [before, ...keys]) {
        const call = iamAs(former).send(new GetUserCommand({ UserName: 'admin' }));
        await expect(call).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
      }
    });

    test('a child process reaches the emulator by the environment alone', async () => {
      const script = `
      import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
      console.log((await new STSClient().send(new GetCallerIdentityCommand())).Arn);`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
        env: environmentFor(emulator(), emulator().adminCredentials),
        stdio: ['ignore', 'pipe', 'inherit'],
      });

      const printed = await child.stdout.toArray();

      expect(String(Buffer.concat(printed))).toBe(`arn:aws:iam::${emulator().account}:user/admin\n`);
    });

    test('the server ends when whoever started it is killed', async () => {
      const script = `
      import { starts } from './servers.ts';
      console.log((await starts.${name}()).url);`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [printed] = await once(child.stdout, 'data');
      const url = String(printed).trim();
      await expect(fetch(url)).resolves.toBeDefined();

      child.kill('SIGKILL');

      await expect.poll(() => fetch(url).catch(() => `${name} is gone`), { timeout: 10_000 }).toBe(`${name} is gone`);
    });
  },
  { concurrent: false },
);
