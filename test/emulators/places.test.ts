// Rotations to places of every kind, and with the vault in Secrets Manager, by the built command against AWS stand-ins that
// are not ours: what is true in each place afterwards, and after going back.
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { expectExit, nothingLeft } from './built-keyturn.ts';
import { describeEmulators } from './describe-emulators.ts';
import { openPlaces, vaultInAws, withPair } from './places.ts';
import { type Credentials, clientFor } from './servers.ts';
import { inTheGrace, short } from './short-rotations.ts';

/** MiniStack makes a version of another id than CreateSecret asks for, so the vault does not trust it. */
const vault = { moto: ['--vault', 'secretsmanager'], MiniStack: [] };

describeEmulators(['moto', 'MiniStack'], ({ name, emulator, desk }) => {
  test('a rotation brings the new key to places of every kind and changes nothing else there', async (context) => {
    const seen = await desk(context, { name: 'everywhere' });
    const [old] = seen.pairs as [Credentials];
    const places = await openPlaces(emulator(), seen);
    const before = await places.texts();

    const ended = await seen.run(['rotate', '--wait', '--user', 'everywhere', ...places.to, ...short.split(' ')]);

    const held = await seen.held();
    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({ outcome: 'rotated', newKey: held.accessKeyId });
    expect(ended.json().consumers).toEqual([
      { spec: seen.place, state: 'delivered' },
      { spec: `env-file:${seen.folder}/.env`, state: 'delivered' },
      { spec: `exec:${seen.folder}/keep-key.cjs`, state: 'delivered' },
      { spec: 'secretsmanager:everywhere/key#region=us-east-1', state: 'delivered' },
      { spec: 'secretsmanager:everywhere/named#id=S3 id,secret=S3 word,region=us-east-1', state: 'delivered' },
      { spec: 'ssm:/everywhere/key#region=us-east-1', state: 'delivered' },
      { spec: 'ssm:/everywhere/secret#id=/everywhere/id,region=us-east-1', state: 'delivered' },
    ]);
    expect(held).not.toEqual(old);
    expect(await places.texts()).toEqual(withPair(before, old, held));
    expect(await places.labels()).toEqual(['AWSCURRENT', 'AWSCURRENT', 'AWSPREVIOUS', 'AWSPREVIOUS']);
    expect(await seen.standing()).toEqual(nothingLeft({ [held.accessKeyId]: 'Active' }));
  });

  test('a roll back in the grace gives each place its pair back', async (context) => {
    const seen = await desk(context, { name: 'back-everywhere' });
    const [old] = seen.pairs as [Credentials];
    const places = await openPlaces(emulator(), seen);
    const before = await places.texts();
    const { rotation, newKey } = await inTheGrace(seen, [...places.to, ...vault[name]]);
    const delivered = await places.texts();
    const held = await seen.held();

    const ended = await seen.run('rollback');

    expect(delivered).toEqual(withPair(before, old, held));
    expectExit(ended, 0);
    expect(ended.json().outcome).toBe('rolledBack');
    expect(ended.json().consumers.map(({ state }) => state)).toEqual(places.specs.map(() => 'restored'));
    expect(await places.texts()).toEqual(before);
    expect(await seen.standing()).toEqual(nothingLeft({ [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' }));
    expect(await vaultInAws(emulator(), rotation)).toEqual([]);
  });

  if (name === 'MiniStack') {
    test('a vault that does not keep what is put into it is refused before any key is made', async (context) => {
      const { user, pairs, place, run, ...seen } = await desk(context, { name: 'no-vault' });
      const [old] = pairs as [Credentials];

      const ended = await run(`rotate --user ${user} --to ${place} --vault secretsmanager ${short}`);

      expectExit(ended, 3);
      expect(ended.json().reason).toContain('the vault does not give back what was put into keyturn/vault/');
      expect(await seen.file()).toBe(seen.before);
      expect(await seen.standing()).toEqual(nothingLeft({ [old.accessKeyId]: 'Active' }));
      expect(await vaultInAws(emulator(), ended.json().rotation)).toEqual([]);
    });
    return;
  }

  test('a vault in AWS keeps the pairs from command to command, and is gone at the end', async (context) => {
    const { user, place, run, ...seen } = await desk(context, { name: 'vault-in-aws' });

    const first = await run(`rotate --user ${user} --to ${place} --vault secretsmanager ${short}`);
    const kept = { aws: await vaultInAws(emulator(), first.json().rotation), here: (await seen.standing()).vault };
    const last = await run('resume --wait');

    const { rotation } = first.json();
    expectExit(first, 0);
    expect(kept).toEqual({ aws: [`keyturn/vault/${rotation}`], here: [] });
    expectExit(last, 0);
    expect(last.json()).toMatchObject({ rotation, outcome: 'rotated' });
    expect(await seen.standing()).toEqual(nothingLeft({ [(await seen.held()).accessKeyId]: 'Active' }));
    expect(await vaultInAws(emulator(), rotation)).toEqual([]);
  });

  test('find names every place that rotate takes, and what it could not make out', async (context) => {
    const seen = await desk(context, { name: 'sought' });
    const [{ accessKeyId: id }] = seen.pairs as [Credentials];
    await openPlaces(emulator(), seen);
    const secrets = new SecretsManagerClient(clientFor(emulator()));
    await secrets.send(new CreateSecretCommand({ Name: 'sought/words', SecretString: `the key is ${id}` }));
    await secrets.send(new CreateSecretCommand({ Name: 'sought/other', SecretString: '{"password":"none"}' }));

    const ended = await seen.run(`find ${id}`);

    expectExit(ended, 0);
    const { user, places, notLookedAt } = JSON.parse(ended.stdout);
    expect(user).toBe('sought');
    expect(places.map(({ spec }: { spec: string }) => spec).sort()).toEqual([
      `env-file:${seen.folder}/.env`,
      'secretsmanager:sought/key#region=us-east-1',
      'secretsmanager:sought/named#region=us-east-1',
      'ssm:/sought/key#region=us-east-1',
      'ssm:/sought/secret#id=/sought/id,region=us-east-1',
    ]);
    expect(notLookedAt).toEqual([
      {
        what: 'the secret sought/words in us-east-1',
        why: 'the key stands there, but the secret sought/words is no JSON object',
        permission: null,
      },
    ]);
  });
});
