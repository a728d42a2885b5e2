// The exec consumer with real child processes: what every consumer must do, what a command is told, and what its answers
// mean.
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { systemClock } from '../../src/clock.ts';
import { exec } from '../../src/consumers/exec.ts';
import { UsageError } from '../../src/errors.ts';
import { runChild } from '../support/child.ts';
import { consumerDeps, replacement } from '../support/consumer-deps.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeConsumer } from './consumer-contract.ts';
import { errorOf, newPair, oldPair, pidIn, preflight, setUp } from './exec-command.ts';

const heldText = (pair: KeyPair) => JSON.stringify({ accessKeyId: pair.accessKeyId, secretAccessKey: pair.reveal() });

const keeper = `case $told in
  *'"action":"readBack"'*) sed 's/.*"accessKeyId":"\\([^"]*\\)".*/{"holds":"\\1"}/' held ;;
  *'"action":"write"'* | *'"action":"restore"'*)
    if [ -e crash ]; then rm crash; kill -9 $PPID; exit 1; fi
    printf '%s' "$told" | sed 's/.*\\("accessKeyId".*\\)/{\\1/' | tr -d '\\n' > .held-tmp && mv .held-tmp held ;;
esac`;

describeConsumer(
  'exec',
  async (pair) => {
    const { folder, consumer } = setUp(keeper);
    const held = join(folder, 'held');
    writeFileSync(held, heldText(pair));
    const read = async () => {
      const { accessKeyId, secretAccessKey } = JSON.parse(readFileSync(held, 'utf8'));
      return new KeyPair(accessKeyId, secretAccessKey);
    };
    return {
      open: () => consumer,
      put: async (other) => writeFileSync(held, heldText(other)),
      content: async () => readFileSync(held, 'utf8'),
      read,
      watch: async (work) => {
        const seen: KeyPair[] = [];
        let done = false;
        const working = work().finally(() => {
          done = true;
        });
        while (!done) {
          seen.push(await read());
          await new Promise(setImmediate);
        }
        await working;
        return seen;
      },
      writeAndCrash: async (newOne, expected) => {
        writeFileSync(join(folder, 'crash'), '');
        const child = await runChild(
          `import { KeyPair } from './src/access-key.ts';
           import { systemClock } from './src/clock.ts';
           import { openConsumer } from './src/consumers/registry.ts';
           import { consumerDeps, replacement } from './test/support/consumer-deps.ts';
           const consumer = await openConsumer(${JSON.stringify(consumer.spec)}, replacement, consumerDeps({ clock: systemClock }));
           await consumer.write(new KeyPair(${JSON.stringify(newOne.accessKeyId)}, ${JSON.stringify(newOne.reveal())}), ${JSON.stringify(expected)});`,
        );
        expect(child.signal).toBe('SIGKILL');
        expect(existsSync(join(folder, 'crash'))).toBe(false);
      },
    };
  },
  { givesBack: 'id' },
);

describe('what the command is told', () => {
  const ids = { user: 'alice', oldKeyId: 'AKIAOLDOLDOLDOLDOLD1', newKeyId: 'AKIANEWNEWNEWNEWNEW2' };

  test('one document on its standard input, with the pair only to write and to restore', async () => {
    const { consumer, told } = setUp('');

    await preflight(consumer);
    await consumer.write(newPair, oldPair.accessKeyId);
    await consumer.readBack(newPair);
    await consumer.restore(oldPair, newPair.accessKeyId);

    expect(told()).toEqual([
      { action: 'preflight', ...ids },
      { action: 'readBack', ...ids },
      { action: 'readBack', ...ids },
      {
        action: 'write',
        ...ids,
        accessKeyId: 'AKIANEWNEWNEWNEWNEW2',
        secretAccessKey: 'n3w+n3w/S3cr3t+t0+b3/h1dd3n+4lw4ys/+0k/3',
      },
      { action: 'readBack', ...ids },
      { action: 'readBack', ...ids },
      {
        action: 'restore',
        ...ids,
        accessKeyId: 'AKIAOLDOLDOLDOLDOLD1',
        secretAccessKey: 'oldold/oldold+oldold/oldold+oldold/oldol',
      },
    ]);
  });

  test('an id that is not there is null', async () => {
    const { consumer, told } = setUp('', {}, { oldKey: null, newKey: null });

    await preflight(consumer, null);

    expect(told()[0]).toEqual({ action: 'preflight', user: 'alice', oldKeyId: null, newKeyId: null });
  });

  test('no argument and no environment holds a key', async () => {
    const { folder, consumer } = setUp(`printf '%s\\n' "$@" "$0" > args; /usr/bin/env > env`, {
      env: {
        PATH: process.env.PATH,
        HOME: '/home/a',
        AWS_PROFILE: 'work',
        AWS_ACCESS_KEY_ID: 'AKIAHIDDENHIDDENHID4',
        AWS_SECRET_ACCESS_KEY: 'hidden',
        AWS_SESSION_TOKEN: 'hidden',
        KEYTURN_STATE_DIR: 'hidden',
      },
    });

    await consumer.write(newPair, oldPair.accessKeyId);

    expect(readFileSync(join(folder, 'args'), 'utf8')).not.toMatch(/AKIA|n3w/);
    expect(readFileSync(join(folder, 'env'), 'utf8')).toContain('AWS_PROFILE=work\n');
    expect(readFileSync(join(folder, 'env'), 'utf8')).not.toMatch(/AKIA|n3w|hidden/);
  });

  test('a command may leave its input unread', async () => {
    const folder = temporaryFolder();
    const command = join(folder, 'deaf.sh');
    writeFileSync(command, '#!/bin/sh\nexit 0\n');
    chmodSync(command, 0o755);

    const consumer = exec.open(command, replacement, consumerDeps({ clock: systemClock }));

    await expect(consumer.write(newPair, oldPair.accessKeyId)).resolves.toBeUndefined();
  });

  test('a command may leave something running that holds its outputs open', async () => {
    const { folder, consumer } = setUp(`sleep 1000 & echo $! > pid; echo '{"holds":"AKIANEWNEWNEWNEWNEW2"}'`);

    const holds = await consumer.readBack();
    process.kill(await pidIn(join(folder, 'pid')), 'SIGKILL');

    expect(holds).toBe('AKIANEWNEWNEWNEWNEW2');
  });
});

describe('what its answers mean', () => {
  test.each([
    ['a key', '{"holds":"AKIANEWNEWNEWNEWNEW2"}', 'AKIANEWNEWNEWNEWNEW2'],
    ['no key', '{"holds":null}', null],
    ['no key, as an empty id', '{"holds":""}', null],
    ['nothing', '', undefined],
    ['null', 'null', undefined],
    ['another document', '{"ok":true}', undefined],
  ])('S25 readBack: %s', async (_, answer, holds) => {
    const { consumer } = setUp(`echo '${answer}'`);

    expect(await consumer.readBack()).toBe(holds);
  });

  test.each([
    ['AKIANEWNEWNEWNEWNEW2', 'answers something else than {"holds":"AKIA…"}'],
    ['[1]', 'answers something else than {"holds":"AKIA…"}'],
    ['"AKIANEWNEWNEWNEWNEW2"', 'answers something else than {"holds":"AKIA…"}'],
    ['{"holds":', 'answers something else than {"holds":"AKIA…"}'],
    ['{"holds":7}', 'names no key id in "holds"'],
  ])('readBack: %s is no answer', async (answer, why) => {
    const { consumer } = setUp(`echo '${answer}'`);

    const error = await errorOf(consumer.readBack());

    expect(error.message).toBe(`deliver.sh ${why}, when told readBack`);
  });

  test('a roll back leaves what holds another key, and tells what does not say', async () => {
    const stranger = setUp(`echo '{"holds":"AKIASTRANGESTRANGER3"}'`);
    const silent = setUp('');

    const restored = [stranger, silent].map(({ consumer }) => consumer.restore(oldPair, newPair.accessKeyId));

    expect(await Promise.all(restored)).toEqual(['left', 'restored']);
    expect(stranger.told().map(({ action }) => action)).toEqual(['readBack']);
    expect(silent.told().map(({ action }) => action)).toEqual(['readBack', 'restore']);
  });

  test('S25 a command that says at the preflight that it is not readable is not asked what it holds', async () => {
    const { consumer, told } = setUp(
      `case $told in *preflight*) echo '{"readable":false}' ;; *readBack*) exit 1 ;; esac`,
    );

    const { readable, holds, notes } = await preflight(consumer);

    expect([readable, holds, notes]).toEqual([false, null, ['deliver.sh says that it cannot be read back']]);
    expect(told()).toHaveLength(1);
  });

  test('S25 nor is it when that is known from before', async () => {
    const { consumer, told } = setUp('', {}, { readable: false });

    await consumer.write(newPair, oldPair.accessKeyId);
    const held = await consumer.readBack(newPair);
    const restored = await consumer.restore(oldPair, newPair.accessKeyId);

    expect([consumer.readable, held, restored]).toEqual([false, undefined, 'restored']);
    expect(told().map(({ action }) => action)).toEqual(['write', 'restore']);
  });

  test('a command that says what it holds needs no word to a person', async () => {
    const { consumer } = setUp(`echo '{"holds":"AKIAOLDOLDOLDOLDOLD1"}'`);

    expect(await preflight(consumer)).toEqual({ holds: 'AKIAOLDOLDOLDOLDOLD1', pair: null, notes: [] });
  });

  test('a command that does not say what it holds is written to, and a person is told', async () => {
    const { consumer, told } = setUp('');

    const { notes } = await preflight(consumer);
    await consumer.write(newPair, oldPair.accessKeyId);

    expect(notes).toEqual(['deliver.sh does not say which key it holds now']);
    expect(told().at(-1).action).toBe('write');
  });

  test('one that holds no key takes one, also where an old key was expected', async () => {
    const { consumer, told } = setUp(`echo '{"holds":null}'`);

    await preflight(consumer);
    await consumer.write(newPair, oldPair.accessKeyId);
    const restored = await consumer.restore(oldPair, newPair.accessKeyId);

    expect(told().map(({ action }) => action)).toEqual(['preflight', 'readBack', 'readBack', 'write', 'readBack']);
    expect(restored).toBe('left');
  });

  test('one that holds the new key already is told again: it may have been cut off between the halves', async () => {
    const { consumer, told } = setUp(`echo '{"holds":"AKIANEWNEWNEWNEWNEW2"}'`);

    await consumer.write(newPair, oldPair.accessKeyId);

    expect(told().map(({ action }) => action)).toEqual(['readBack', 'write']);
  });
});

describe('specs', () => {
  test('S9 the plan pins the program and relative paths', () => {
    const { folder } = setUp('');
    const surroundings = { cwd: folder, home: '/', env: { PATH: `/nowhere:${folder}` } };

    const places = ['deliver.sh ./conf --fast', './deliver.sh', `${folder}/deliver.sh`].map((place) =>
      exec.resolve(place, surroundings),
    );

    expect(places).toEqual([
      `${folder}/deliver.sh ${folder}/conf --fast`,
      `${folder}/deliver.sh`,
      `${folder}/deliver.sh`,
    ]);
    expect(readdirSync(folder)).toEqual(['deliver.sh']);
  });

  test.each([
    ['', 'an exec place needs a command'],
    ['no-such-program', `the exec place's command "no-such-program" is no program that can be run here`],
    ['/bin/cat | /bin/cat', 'there is no shell to understand "|"'],
  ])('%j: refused', (place, message) => {
    const surroundings = { cwd: '/', home: '/', env: { PATH: '/bin:/usr/bin' } };

    const resolving = () => exec.resolve(place, surroundings);

    expect(resolving).toThrow(UsageError);
    expect(resolving).toThrow(message);
  });

  test('without a command says how one is written', () => {
    expect(() => exec.resolve('', { cwd: '/', home: '/', env: {} })).toThrow(
      expect.objectContaining({ hint: 'like exec:./deliver-key.sh' }),
    );
  });

  test('nothing is run to find a key', async () => {
    expect(await exec.find('AKIAOLDOLDOLDOLDOLD1', { cwd: '/', home: '/', env: {} })).toEqual([]);
  });
});
