// Where a key is looked for: in the places that were named, or in every kind of place, and what could not be looked at.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nearPlaces, searchPlaces } from '../../src/consumers/search-places.ts';
import { UsageError } from '../../src/errors.ts';
import { consumerDeps } from '../support/consumer-deps.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { oldPair, setUp as setUpCommand } from './exec-command.ts';

const { accessKeyId } = oldPair;

/** Looks in a command that does this when it is told something, named so often. */
function lookIn(lines: string, times = 1) {
  const { folder, consumer } = setUpCommand(lines);
  const spec = `exec:${folder}/deliver.sh`;
  const surroundings = { cwd: folder, home: '/nobody', env: {} };
  const search = searchPlaces(accessKeyId, Array(times).fill(spec), {
    surroundings,
    aws: consumerDeps().aws,
    open: async () => consumer,
  });
  return { spec, search };
}

describe('a place that was named', () => {
  test.each([
    ['holds the key', 1],
    ['holds the key, and was named twice', 2],
  ])('%s', async (_, times) => {
    const { spec, search } = lookIn(`echo '{"holds":"${accessKeyId}"}'`, times);

    expect(await search).toEqual({ places: [{ spec, where: spec }], notLookedAt: [] });
  });

  test('holds another key', async () => {
    expect(await lookIn(`echo '{"holds":"AKIASTRANGESTRANGER3"}'`).search).toEqual({ places: [], notLookedAt: [] });
  });

  test.each([
    ['', 'it does not say which key it holds'],
    ['exit 3', 'deliver.sh exited with 3, when told readBack'],
  ])('may hold it all the same where it does %j', async (lines, why) => {
    const { spec, search } = lookIn(lines);

    expect(await search).toEqual({ places: [], notLookedAt: [{ what: spec, why, permission: null }] });
  });

  test('is refused where it makes no sense', async () => {
    const deps = { surroundings: { cwd: '/', home: '/', env: {} }, aws: consumerDeps().aws };
    const open = () => Promise.reject(new UsageError('cannot be opened'));

    await expect(searchPlaces(accessKeyId, ['stdout:'], { ...deps, open })).rejects.toMatchObject({
      name: 'UsageError',
      message: 'stdout holds nothing that could be looked at',
      hint: 'name another place',
    });
    await expect(searchPlaces(accessKeyId, ['exec:/bin/cat'], { ...deps, open })).rejects.toThrow('cannot be opened');
  });

  test('is no excuse for a mistake of ours', async () => {
    const deps = { surroundings: { cwd: '/', home: '/', env: {} }, aws: consumerDeps().aws };
    const open = () => Promise.reject(new TypeError('x is not a function'));

    await expect(searchPlaces(accessKeyId, ['exec:/bin/cat'], { ...deps, open })).rejects.toThrow(TypeError);
  });
});

test('each of several places that hold it is named', async () => {
  const cwd = temporaryFolder();
  const text = `[work]\naws_access_key_id = ${accessKeyId}\n[home]\naws_access_key_id = ${accessKeyId}\n`;
  writeFileSync(join(cwd, 'credentials'), text);
  const surroundings = { cwd, home: cwd, env: {} };
  const open = () => Promise.reject(new Error('a pattern is not opened'));
  const specs = ['credentials-file:*@credentials', 'env-file:*.env', 'credentials-file:*@./credentials'];

  expect(await searchPlaces(accessKeyId, specs, { surroundings, aws: consumerDeps().aws, open })).toEqual({
    places: ['work', 'home'].map((profile) => ({
      spec: `credentials-file:${profile}@${cwd}/credentials`,
      where: `profile ${profile} of ${cwd}/credentials`,
    })),
    notLookedAt: [{ what: `${cwd}/*.env`, why: 'no file matches', permission: null }],
  });
});

test('this machine’s own files tell without a question to AWS, and what cannot be read is passed over', async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'credentials'));
  const lines = `AWS_ACCESS_KEY_ID=${accessKeyId}\nAWS_SECRET_ACCESS_KEY=x\n`;
  for (const name of ['.env', '.env.test']) writeFileSync(join(cwd, name), lines);
  const env = { AWS_SHARED_CREDENTIALS_FILE: 'credentials' };

  const found = await nearPlaces(accessKeyId, { cwd, home: cwd, env, region: 'eu-west-1' });

  expect(found).toEqual([`env-file:${cwd}/.env`, `env-file:${cwd}/.env.test`]);
});

test('without any place named every kind is looked through, as far as it can be', async () => {
  const cwd = temporaryFolder();
  const surroundings = { cwd, home: cwd, env: {} };
  const open = () => Promise.reject(new Error('nothing is opened'));
  const noRegion = 'no region is set: give --region or AWS_REGION, or set the profile’s region';

  expect(await searchPlaces(accessKeyId, [], { surroundings, aws: consumerDeps().aws, open })).toEqual({
    places: [],
    notLookedAt: [
      { what: 'secretsmanager', why: noRegion, permission: null },
      { what: 'ssm', why: noRegion, permission: null },
    ],
  });
  expect(await nearPlaces(accessKeyId, surroundings)).toEqual([]);
});
