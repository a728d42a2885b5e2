// What a rotation says of itself, step by step: each reason stands in its record, for a person decides by them.
import { describe, expect, test } from 'vitest';
import { shortKeyId } from '../../src/access-key.ts';
import { createWorld, type StartOptions, type World } from '../support/world.ts';

const rollBack: StartOptions = { answers: { awaitGrace: ['rollBack'] } };

/** What was found or done, state by state. */
const said = ({ record }: Awaited<ReturnType<World['start']>>) =>
  record.history
    .filter(({ event, detail }) => event === 'done' && detail !== '')
    .map((one) => `${one.state} ${one.detail}`);

describe('a rotation says', () => {
  test('of each step what was found, and announces what takes something away', async () => {
    const world = await createWorld();

    const ended = await world.start();

    const [oldKey, newKey] = [world.oldKey, ended.record.context.createKey?.newKey ?? ''].map(shortKeyId);
    const fine = 'the places hold the new key, and no use of the old one was seen';
    expect(said(ended)).toEqual([
      'inspectKeys create: there is room for a new key',
      `verifyNewKey accepted: AWS accepts ${newKey}`,
      'deliverKey delivered: every place holds the new key',
      'checkOldKeyUse busy: the old key was last used 2026-12-06T09:00:00Z',
      'checkOldKeyUse quiet: the old key was last used 2026-12-06T09:00:00Z',
      `checkHealth healthy: ${fine}`,
      `checkHealth passed: the grace has passed: ${fine}`,
      `releaseUser rotated: ${newKey} has replaced ${oldKey}`,
    ]);
    expect(world.announcements).toEqual([
      {
        about: 'deactivateKey',
        text: `deactivating ${oldKey}; this brings it back at any time: aws iam update-access-key --user-name alice --access-key-id ${world.oldKey} --status Active`,
      },
      { about: 'deleteKey', text: `deleting ${oldKey}: after this there is no way back to it` },
    ]);
  });

  test('on its way back which key is where', async () => {
    const world = await createWorld();

    const ended = await world.start({}, rollBack);

    const [oldKey, newKey] = [world.oldKey, ended.record.context.createKey?.newKey ?? ''].map(shortKeyId);
    const stays = `the new key ${newKey} stays active: a place was offered it and may use it`;
    expect(said(ended).slice(-4)).toEqual([
      `verifyOldKey accepted: AWS accepts ${oldKey}`,
      `restoreConsumers restored: every place holds ${oldKey} again`,
      `removeNewKey left: ${stays}`,
      `releaseUser rolledBack: ${stays}`,
    ]);
  });

  test('that the new key was never offered, where AWS did not accept it', async () => {
    const world = await createWorld({ settings: { newKeyDelay: 86_400_000 } });

    const ended = await world.start();

    const newKey = shortKeyId(ended.record.context.createKey?.newKey ?? '');
    const removed = `the new key ${newKey} is removed: no place was ever offered it`;
    expect(said(ended).slice(-4)).toEqual([
      `verifyNewKey rejected: AWS did not accept ${newKey} within a minute`,
      'verifyOldKey notNeeded: no place was ever offered the new key',
      `removeNewKey removed: ${removed}`,
      `releaseUser rolledBack: AWS did not accept ${newKey} within a minute; ${removed}`,
    ]);
  });
});
