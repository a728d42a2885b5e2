import {
  chmodSync,
  existsSync,
  type FSWatcher,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../../src/clock.ts';
import type { RotationRecord, SignalMessage } from '../../src/engine/contract.ts';
import { createRecordStore } from '../../src/engine/record-store.ts';
import { LockedError, RecordError, RefusedError, UsageError } from '../../src/errors.ts';
import { runChild } from '../support/child.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const clock = createVirtualClock('2026-11-22T10:00:00Z');

const record = (rotation: string, overrides: Partial<RotationRecord> = {}): RotationRecord => ({
  schema: 1,
  rotation,
  engine: 'local',
  createdAt: '2026-11-22T10:00:00Z',
  context: {
    schema: 1,
    rotation,
    intent: 'forward',
    interruptions: [],
    plan: {
      account: '123456789012',
      partition: 'aws',
      region: 'us-east-1',
      user: 'alice',
      userId: 'AIDACKCEVSQ6C2EXAMPLE',
      oldKey: 'AKIAIOSFODNN7EXAMPLE',
      newKey: null,
      keysAtStart: ['AKIAIOSFODNN7EXAMPLE'],
      consumers: [],
      quietFor: 172_800,
      grace: 604_800,
      watchLimit: 2_592_000,
      probeEvery: 3600,
      probes: [],
      freeSlot: 'never',
      minAge: 0,
      allowSmtp: false,
      unproven: 'ask',
      vault: 'file',
      from: 'start',
      startedAt: '2026-11-22T10:00:00Z',
      overrides: [],
    },
  },
  state: 'claimUser',
  running: true,
  park: null,
  parks: 0,
  answered: 0,
  outcome: null,
  history: [],
  ...overrides,
});

const proceed: SignalMessage = { signal: 'proceed', state: 'awaitQuiet', entry: 1, at: '2026-11-22T10:00:00Z' };

const setUp = () => {
  const stateDir = join(temporaryFolder(), 'state');
  const put = (name: string, content: string) => {
    mkdirSync(join(stateDir, 'rotations'), { recursive: true, mode: 0o700 });
    writeFileSync(join(stateDir, 'rotations', name), content);
  };
  const read = (name: string) => readFileSync(join(stateDir, 'rotations', name), 'utf8');
  return { stateDir, put, read, store: createRecordStore(stateDir, clock) };
};

describe('records', () => {
  test('come back as they were saved, last one last', async () => {
    const { store } = setUp();

    await store.save(record('r1'));
    await store.save(record('r1', { state: 'createKey', running: false }));
    const loaded = await store.load('r1');

    expect(loaded).toEqual(record('r1', { state: 'createKey', running: false }));
  });

  test('lie in files and folders that are closed to others', async () => {
    const { store, stateDir } = setUp();

    await store.save(record('r1'));

    expect(readdirSync(join(stateDir, 'rotations'))).toEqual(['r1.json']);
    expect(statSync(stateDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(stateDir, 'rotations')).mode & 0o777).toBe(0o700);
    expect(statSync(join(stateDir, 'rotations', 'r1.json')).mode & 0o777).toBe(0o600);
  });

  test('one that was opened to others is closed with the next word', async () => {
    const { store, stateDir } = setUp();
    const path = join(stateDir, 'rotations', 'r1.json');
    await store.save(record('r1'));
    chmodSync(path, 0o644);

    await store.save(record('r1'));

    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('reading makes nothing on disk', async () => {
    const { store, stateDir } = setUp();

    const list = await store.list();
    await store.peekSignal('r1');
    await store.takeSignal('r1');

    expect(list).toEqual({ records: [], unreadable: [] });
    expect(existsSync(stateDir)).toBe(false);
  });

  test('a crash while saving leaves the record before it', async () => {
    const { store, stateDir } = setUp();
    await store.save(record('r1'));

    await runChild(
      `import { systemClock } from './src/clock.ts';
       import { createRecordStore } from './src/engine/record-store.ts';
       const store = createRecordStore(${JSON.stringify(stateDir)}, systemClock);
       await store.save({ ...(await store.load('r1')), state: 'createKey' });`,
      { crashBefore: 'rename' },
    );

    expect(await store.load('r1')).toEqual(record('r1'));
    expect((await store.list()).records).toHaveLength(1);
    await store.save(record('r1'));
    expect(readdirSync(join(stateDir, 'rotations'))).toEqual(['r1.json']);
  });

  test.each([
    `store.save({ ...(await store.load('r1')), rotation: 'r2', context: { ...(await store.load('r1')).context, rotation: 'r2' } })`,
    `store.signal('r1', ${JSON.stringify(proceed)})`,
  ])('a crash in the first word on something leaves nothing that stays: %s', async (work) => {
    const { store, stateDir } = setUp();
    await store.save(record('r1'));
    const files = () => readdirSync(join(stateDir, 'rotations'));

    await runChild(
      `import { systemClock } from './src/clock.ts';
       import { createRecordStore } from './src/engine/record-store.ts';
       const store = createRecordStore(${JSON.stringify(stateDir)}, systemClock);
       await ${work};`,
      { crashBefore: 'link' },
    );
    const left = files();
    const lock = await store.lockUser('123456789012', 'alice');

    expect(left).toEqual([expect.stringMatching(/^\.r\d\..*\.keyturn-tmp$/), 'r1.json']);
    expect(files()).toEqual(['r1.json']);
    await lock.release();
  });

  test('are listed oldest first, with the damaged beside the good', async () => {
    const { store, put } = setUp();
    await store.save(record('aa', { createdAt: '2026-11-22T12:00:00Z' }));
    await store.save(record('bb', { createdAt: '2026-11-22T11:00:00Z' }));
    put('cc.json', '{"schema":1,');
    put('dd.json', '{"schema":2}');

    const list = await store.list();

    expect(list.records.map(({ rotation }) => rotation)).toEqual(['bb', 'aa']);
    expect(list.unreadable.map(({ rotation, error }) => [rotation, error.name, error.message, error.cause])).toEqual([
      ['cc', 'RecordError', 'the record of rotation cc is damaged', undefined],
      ['dd', 'RecordError', 'the record of rotation dd was written by a newer keyturn', undefined],
    ]);
  });

  const damaged = 'is damaged';
  const without = (name: keyof RotationRecord) => JSON.stringify({ ...record('r1'), [name]: undefined });
  const withContext = (changes: object) =>
    JSON.stringify({ ...record('r1'), context: { ...record('r1').context, ...changes } });

  test.each([
    ['empty', ''],
    ['cut off', '{"schema":1,"rotation":"r1"'],
    ['no object', '"text"'],
    ['null', 'null'],
    ['without a context', JSON.stringify({ ...record('r1'), context: undefined })],
    ['of another rotation', JSON.stringify(record('r2'))],
    ['of schema 0', JSON.stringify({ ...record('r1'), schema: 0 })],
    ['of a schema that is no number', JSON.stringify({ ...record('r1'), schema: '2' })],
    ['of no schema', without('schema')],
    ['of no state', without('state')],
    ['of no date', without('createdAt')],
    ['neither running nor not', without('running')],
    ['without its waits', without('parks')],
    ['without its answers', without('answered')],
    ['without a history', without('history')],
    ['with a context of schema 0', withContext({ schema: 0 })],
    ['with a context of another rotation', withContext({ rotation: 'r2' })],
    ['without a plan', withContext({ plan: undefined })],
    ['of no account', withContext({ plan: { user: 'alice' } })],
    ['of no user', withContext({ plan: { account: '123456789012' } })],
    ['without the tries that were cut off', withContext({ interruptions: undefined })],
    ['of a newer keyturn', JSON.stringify({ ...record('r1'), schema: 2 }), 'was written by a newer keyturn'],
    ['with a newer context', withContext({ schema: 2 }), 'was written by a newer keyturn'],
    ['newer and otherwise unknown', '{"schema":9}', 'was written by a newer keyturn'],
  ])('one that is %s is neither read nor overwritten', async (_, content, why = damaged) => {
    const { store, stateDir, put, read } = setUp();
    put('r1.json', content);
    const path = join(stateDir, 'rotations', 'r1.json');

    const error = await store.load('r1').catch((caught) => caught);

    expect(error).toBeInstanceOf(RecordError);
    expect(error.message).toBe(`the record of rotation r1 ${why}`);
    expect(error.hint).toBe(
      why === damaged
        ? `put back a copy of ${path}; it is untouched, and so is every key`
        : `update keyturn; the record is untouched: ${path}`,
    );
    await expect(store.save(record('r1'))).rejects.toThrow(RecordError);
    expect(read('r1.json')).toBe(content);
  });

  test('one that is not there is named, and so are those that are', async () => {
    const { store } = setUp();
    await store.save(record('r1'));

    const error = await store.load('r2').catch((caught) => caught);

    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe('no rotation has the id r2');
    expect(error.hint).toBe('there are: r1');
  });

  test('of many that are there each is named, in order', async () => {
    const { store } = setUp();
    for (const id of ['r3', 'r1', 'r9', 'r2', 'r5', 'r7']) await store.save(record(id));

    await expect(store.load('x')).rejects.toMatchObject({ hint: 'there are: r1, r2, r3, r5, r7, r9' });
  });

  test('one that is gone before it is read is none', async () => {
    const { store, stateDir } = setUp();
    await store.save(record('r1'));
    symlinkSync('nowhere', join(stateDir, 'rotations', 'r2.json'));

    const list = await store.list();

    expect(list).toEqual({ records: [record('r1')], unreadable: [] });
  });

  test('a folder of rotations that cannot be read is said', async () => {
    const { store, stateDir } = setUp();
    mkdirSync(stateDir, { mode: 0o700 });
    symlinkSync('rotations', join(stateDir, 'rotations'));

    await expect(store.list()).rejects.toThrow(`cannot read ${join(stateDir, 'rotations')}: ELOOP`);
  });

  test('where there are none, the folder to look in is', async () => {
    const { store } = setUp();

    const error = await store.load('r2').catch((caught) => caught);

    expect(error.hint).toBe('there are no rotations here; see --state-dir');
  });

  test('those of the same moment are listed by their ids, and hidden files are none', async () => {
    const { store, put } = setUp();
    for (const id of ['b', 'c', 'a']) await store.save(record(id));
    put('.d.json', 'x');
    put('e.json.bak', 'x');

    const list = await store.list();

    expect(list.records.map(({ rotation }) => rotation)).toEqual(['a', 'b', 'c']);
    expect(list.unreadable).toEqual([]);
  });

  test('one that cannot be read at all is listed as such', async () => {
    const { store, stateDir } = setUp();
    mkdirSync(join(stateDir, 'rotations', 'x.json'), { recursive: true, mode: 0o700 });

    const { unreadable } = await store.list();

    expect(unreadable).toMatchObject([
      {
        rotation: 'x',
        error: {
          name: 'RecordError',
          message: `${join(stateDir, 'rotations', 'x.json')} is a folder, not a file`,
          hint: 'correct the path',
          cause: { name: 'FileError' },
        },
      },
    ]);
  });

  test('a folder of rotations that is none is said', async () => {
    const { store, stateDir } = setUp();
    mkdirSync(stateDir, { mode: 0o700 });
    writeFileSync(join(stateDir, 'rotations'), '');

    await expect(store.list()).rejects.toThrow(`a part of the path ${join(stateDir, 'rotations')} is not a folder`);
  });

  test.each(['r', 'r'.repeat(100), 'a_b-C9'])('knows a rotation by the id %s', async (id) => {
    const { store } = setUp();

    await store.save(record(id));

    expect((await store.load(id)).rotation).toBe(id);
  });

  test.each(['../r1', 'a/b', '', '.hidden', '-r', 'r 1', 'r'.repeat(101)])(
    'an id that is no file name is no id: %s',
    async (id) => {
      const { store } = setUp();

      await expect(store.load(id)).rejects.toMatchObject({
        message: `no rotation can have the id ${id}`,
        hint: 'see keyturn status --all',
      });
      await expect(store.load(id)).rejects.toThrow(UsageError);
      await expect(store.save(record(id))).rejects.toThrow(UsageError);
    },
  );
});

describe('resolve', () => {
  test('takes an id, the only beginning of one, and an id that begins another', async () => {
    const { store, put } = setUp();
    await store.save(record('r1'));
    await store.save(record('r10'));
    put('x1.json', 'damaged');

    const found = [await store.resolve('r1'), await store.resolve('r10'), await store.resolve('x')];

    expect(found).toEqual(['r1', 'r10', 'x1']);
  });

  test('asks which one where several begin so', async () => {
    const { store } = setUp();
    await store.save(record('r1'));
    await store.save(record('r2'));

    const error = await store.resolve('r').catch((caught) => caught);

    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe('2 rotations begin with r');
    expect(error.hint).toBe('which one: r1, r2');
  });

  test.each(['x', ''])('knows none: %s', async (id) => {
    const { store } = setUp();
    await store.save(record('r1'));

    await expect(store.resolve(id)).rejects.toThrow(UsageError);
    await expect(store.resolve(id)).rejects.toMatchObject({
      message: `no rotation has the id ${id}`,
      hint: 'there are: r1',
    });
  });
});

describe('lockUser', () => {
  test('keeps others away from one user of one account', async () => {
    const { store } = setUp();

    const alice = await store.lockUser('123456789012', 'alice');
    const others = [await store.lockUser('123456789012', 'bob'), await store.lockUser('210987654321', 'alice')];
    const error = await store.lockUser('123456789012', 'alice').catch((caught) => caught);
    await alice.release();
    const again = await store.lockUser('123456789012', 'alice');

    expect(error).toBeInstanceOf(LockedError);
    expect(error.message).toBe(`user alice of account 123456789012 is locked by process ${process.pid}`);
    await Promise.all([...others, again].map((lock) => lock.release()));
  });

  test('says what it could not begin with', async () => {
    const { stateDir } = setUp();
    writeFileSync(stateDir, '');
    const inner = join(stateDir, 'inner');

    const error = await createRecordStore(inner, clock)
      .lockUser('123456789012', 'alice')
      .catch((caught) => caught);

    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      message: `a part of the path ${inner} is not a folder`,
      hint: 'nothing was changed in AWS; correct the path',
      cause: { name: 'UsageError' },
    });
  });

  test('is told of without taking it, and a dead one is removed', async () => {
    const { store, stateDir } = setUp();

    const before = await store.isLocked('123456789012', 'alice');
    const lock = await store.lockUser('123456789012', 'alice');
    const during = await store.isLocked('123456789012', 'ALICE');
    await store.removeDeadLock('123456789012', 'alice');
    const stillThere = await store.isLocked('123456789012', 'alice');
    await lock.release();
    await store.removeDeadLock('123456789012', 'alice');

    expect([before, during, stillThere]).toEqual([false, true, true]);
    expect(readdirSync(join(stateDir, 'locks'))).toEqual([]);
  });

  test('that died with its process is removed, with what that left; one that lives, or cannot be had, is not', async () => {
    const { store, stateDir } = setUp();
    const locks = join(stateDir, 'locks');
    mkdirSync(locks, { recursive: true, mode: 0o700 });
    const holder = { started: null, host: hostname(), nonce: '0123456789ab' };
    const lockOf = (user: string, pid: number) =>
      writeFileSync(join(locks, `123456789012-${user}.lock`), JSON.stringify({ ...holder, pid }));
    // Larger than any pid that Linux gives out (proc(5), pid_max).
    lockOf('alice', 2 ** 22 + 1);
    lockOf('bob', process.pid);

    await store.removeDeadLock('123456789012', 'alice');
    await store.removeDeadLock('123456789012', 'bob');

    expect(readdirSync(locks)).toEqual(['123456789012-bob.lock']);
  });

  test('is not taken for nobody’s where keyturn itself is wrong', async () => {
    const { stateDir } = setUp();
    const broken = new TypeError('a mistake of ours');
    const monotonic = () => {
      throw broken;
    };

    const removing = createRecordStore(stateDir, { ...clock, monotonic }).removeDeadLock('123456789012', 'alice');

    await expect(removing).rejects.toBe(broken);
  });

  test('takes names that differ in case alone for one user', async () => {
    const { store } = setUp();
    await store.lockUser('123456789012', 'Alice');

    await expect(store.lockUser('123456789012', 'aLICE')).rejects.toThrow(LockedError);
  });

  test('makes a file for every name that IAM allows, and for any other, each its own', async () => {
    const { store, stateDir } = setUp();
    const names = {
      'a+b=c,D.e@f-g_h': 'a+b=c,d.e@f-g_h',
      '..': '..',
      '.': '.',
      '-': '-',
      ['u'.repeat(64)]: 'u'.repeat(64),
      '../../up': '..%2F..%2Fup',
      'a/b': 'a%2Fb',
      ü: '%C3%BC',
      'a b': 'a%20b',
      'a%20b': 'a%2520b',
    };

    for (const name of Object.keys(names)) await store.lockUser('123456789012', name);

    const files = Object.values(names).map((name) => `123456789012-${name}.lock`);
    expect(readdirSync(join(stateDir, 'locks')).sort()).toEqual(files.sort());
  });
});

describe('signals', () => {
  test('wait until they are taken, once', async () => {
    const { store, stateDir } = setUp();

    await store.signal('r1', proceed);
    const seen = [await store.peekSignal('r1'), await store.takeSignal('r1'), await store.takeSignal('r1')];

    expect(seen).toEqual([proceed, proceed, null]);
    expect(await store.peekSignal('r1')).toBeNull();
    expect(readdirSync(join(stateDir, 'rotations'))).toEqual([]);
  });

  test('S4 a second one is refused while the first waits, and may come after it', async () => {
    const { store } = setUp();
    await store.signal('r1', proceed);

    const error = await store.signal('r1', { ...proceed, signal: 'rollBack' }).catch((caught) => caught);
    await store.takeSignal('r1');
    await store.signal('r1', { ...proceed, signal: 'rollBack' });

    expect(error).toBeInstanceOf(RefusedError);
    expect(error.message).toBe('rotation r1 was given the signal proceed already');
    expect(error.hint).toBe('it is taken when the running step ends: keyturn status r1');
    expect(await store.peekSignal('r1')).toMatchObject({ signal: 'rollBack' });
  });

  test('S4 one that was taken as the second one came is refused all the same', async () => {
    const { store, stateDir } = setUp();
    await store.save(record('r1'));
    symlinkSync('nowhere', join(stateDir, 'rotations', 'r1.signal'));

    await expect(store.signal('r1', proceed)).rejects.toThrow('rotation r1 was given a signal already');
  });

  test('that cannot be taken are said', async () => {
    const { store, stateDir } = setUp();
    mkdirSync(stateDir, { mode: 0o700 });
    writeFileSync(join(stateDir, 'rotations'), '');

    await expect(store.takeSignal('r1')).rejects.toMatchObject({ name: 'FileError' });
  });

  test('of many takers one gets it, and of many givers one gives it', async () => {
    const { store } = setUp();

    const given = await Promise.allSettled([1, 2, 3, 4, 5].map((entry) => store.signal('r1', { ...proceed, entry })));
    const taken = await Promise.all([1, 2, 3, 4, 5].map(() => store.takeSignal('r1')));

    expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(taken.filter((message) => message !== null)).toHaveLength(1);
  });

  test('are no records', async () => {
    const { store } = setUp();
    await store.save(record('r1'));

    await store.signal('r1', proceed);

    expect((await store.list()).records).toHaveLength(1);
    expect((await store.list()).unreadable).toEqual([]);
  });

  test.each(['elapsed', 'proceed', 'reactivate', 'rollBack'] as const)('may say %s', async (signal) => {
    const { store } = setUp();

    await store.signal('r1', { ...proceed, signal });

    expect(await store.peekSignal('r1')).toEqual({ ...proceed, signal });
  });

  test('are noticed soon after they were given, and no others', async () => {
    const { store, put } = setUp();
    put('r1.json', '');
    const arrived: string[] = [];
    const watching = ['r1', 'r2'].map((id) => store.watchSignal(id, () => void arrived.push(id)));
    const noticed = async (id: string) => {
      while (!arrived.includes(id)) await new Promise(setImmediate);
    };

    await store.signal('r2', proceed);
    await noticed('r2');
    const first = new Set(arrived);
    await store.signal('r1', proceed);
    await noticed('r1');

    expect([...first]).toEqual(['r2']);
    for (const one of watching) one.close();
  });

  test('that are watched for keep no process alive, and a watch that breaks is over', async () => {
    const { store, put } = setUp();
    put('r1.json', '');
    const alive = () => process.getActiveResourcesInfo().filter((what) => what.startsWith('FS'));
    const before = alive();

    const watching = store.watchSignal('r1', () => {}) as FSWatcher;
    const during = alive();
    const closed = new Promise<void>((resolve) => watching.once('close', resolve));
    watching.emit('error', new Error('too many files'));
    await closed;

    expect(during).toEqual(before);
  });

  test('are not watched for where there is no folder', () => {
    const { store } = setUp();

    store.watchSignal('r1', () => {}).close();
  });

  test.each(['', '{', 'null', '7', '{"signal":"delete","at":""}', '{"signal":"proceed"}', '{"at":""}'])(
    'a damaged one is no consent: %s',
    async (content) => {
      const { store, put } = setUp();
      put('r1.signal', content);

      await expect(store.peekSignal('r1')).rejects.toThrow(RecordError);
      await expect(store.peekSignal('r1')).rejects.toMatchObject({ hint: 'give it again' });
      await expect(store.takeSignal('r1')).rejects.toThrow('the signal for rotation r1 is damaged');
      expect(await store.takeSignal('r1')).toBeNull();
    },
  );
});
