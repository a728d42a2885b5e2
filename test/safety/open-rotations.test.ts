// A rotation lasts for weeks, and keyturn may be updated meanwhile: what an earlier release left open goes on.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createWorld, user, type World } from '../support/world.ts';

const folder = new URL('../support/open-rotations/', import.meta.url);
const releases = readdirSync(folder);

async function worldLeftBy(release: string): Promise<World> {
  const { accessKeyId, secretAccessKey } = readFixture(release).vault['r-1-new.json'] as Record<string, string>;
  const world = await createWorld({
    keys: [
      {
        createdAt: '2026-06-01T08:00:00Z',
        accessKeyId: 'AKIAOLDOLDOLDOLD0001',
        secretAccessKey: 'old/secret/of/a/fixture/0000000000000001',
      },
    ],
  });
  const { record, vault, claim } = readFixture(release, { folder: world.folder, userId: world.userId });
  world.account.createKey(user, { accessKeyId: accessKeyId ?? '', secretAccessKey: secretAccessKey ?? '' });
  world.account.setTags(user, { 'keyturn:claim:r-1': claim });
  writeFileSync(
    world.credentialsFile,
    `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  );
  for (const name of ['rotations', 'vault']) mkdirSync(`${world.folder}/${name}`, { mode: 0o700 });
  writeFileSync(`${world.folder}/rotations/r-1.json`, JSON.stringify(record), { mode: 0o600 });
  for (const [name, pair] of Object.entries(vault)) {
    writeFileSync(`${world.folder}/vault/${name}`, JSON.stringify(pair), { mode: 0o600 });
  }
  return world;
}

function readFixture(release: string, { folder: path = '', userId = '' } = {}) {
  const text = readFileSync(new URL(release, folder), 'utf8')
    .replaceAll('{folder}', path)
    .replaceAll('{userId}', userId);
  return JSON.parse(text) as { record: object; vault: Record<string, object>; claim: string };
}

describe.each(releases)('S35 a rotation left open by %s', (release) => {
  test('goes on to its end', async () => {
    const world = await worldLeftBy(release);

    const { ended, record } = await world.resume();

    expect(ended).toBe('rotated');
    expect(record.context.deactivateKey?.at).toBe('2026-12-08T14:15:03Z');
    expect(world.left()).toEqual({ keys: ['new Active'], claims: [], vault: [], places: { default: 'new' } });
  });

  test('can be rolled back', async () => {
    const world = await worldLeftBy(release);

    const { ended } = await world.resume({ intent: 'rollBack' });

    expect(ended).toBe('rolledBack');
    expect(world.left()).toEqual({
      keys: ['old Active', 'new Active'],
      claims: [],
      vault: [],
      places: { default: 'old' },
    });
  });
});

test.each([
  ['record', '{"schema":1', '{"schema":2'],
  ['context', '"context":{"schema":1', '"context":{"schema":2'],
])('S35 a %s of a later release is left alone', async (_, now, then) => {
  const world = await worldLeftBy(releases[0] ?? '');
  const path = `${world.folder}/rotations/r-1.json`;
  const later = readFileSync(path, 'utf8').replace(now, then);
  expect(later).toContain(then);
  writeFileSync(path, later);
  const before = world.left();

  await expect(world.resume()).rejects.toThrow('the record of rotation r-1 was written by a newer keyturn');
  expect(readFileSync(path, 'utf8')).toBe(later);
  expect(world.left()).toEqual(before);
});
