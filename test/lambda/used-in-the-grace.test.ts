// A use of the old key that AWS tells of only after the last look.
import { expect, test } from 'vitest';
import { instant } from '../../src/clock.ts';
import { createCloud } from '../support/cloud.ts';

test('S16 who ends the grace agrees to a shorter wait, not to losing a key that is in use', async () => {
  const cloud = await createCloud({ answers: { awaitGrace: ['proceed'] } });
  cloud.once('awaitGrace', async () => {
    await cloud.clock.advance(3_600_000);
    cloud.account.use(cloud.oldKey, { at: instant(cloud.clock.now() - 600_000) });
  });

  const { ended, state } = await cloud.run();

  expect(ended).toBe('stuck');
  expect(state.error.Cause).toContain('the old key was used at 2026-12-13T15:05:11Z');
  expect(cloud.left()).toMatchObject({ keys: ['old Inactive', 'new Active'], place: 'new' });
});
