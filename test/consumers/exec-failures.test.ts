// The exec consumer when the command fails: what is said of it, and what is never shown.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createVirtualClock, systemClock } from '../../src/clock.ts';
import { exec } from '../../src/consumers/exec.ts';
import { consumerDeps, replacement } from '../support/consumer-deps.ts';
import { errorOf, gone, newPair, oldPair, pidIn, preflight, setUp } from './exec-command.ts';

describe('what goes wrong', () => {
  test.each([
    ['exit 3', 'deliver.sh exited with 3, when told preflight'],
    ['echo no network >&2; exit 1', 'deliver.sh exited with 1: no network, when told preflight'],
    [
      'for n in 1 2 3 4; do echo "  line $n  " >&2; echo >&2; done; exit 1',
      'deliver.sh exited with 1: line 2 / line 3 / line 4, when told preflight',
    ],
    ['kill -TERM $$', 'deliver.sh was ended by SIGTERM, when told preflight'],
    [`printf '%0500d' 1 >&2; exit 1`, `deliver.sh exited with 1: ${'0'.repeat(399)}1, when told preflight`],
    [
      'dd if=/dev/zero bs=65537 count=1 2>/dev/null; sleep 1000',
      'deliver.sh printed more than 64 KiB, when told preflight',
    ],
    [
      'dd if=/dev/zero bs=65537 count=1 >&2 2>/dev/null; sleep 1000',
      'deliver.sh printed more than 64 KiB, when told preflight',
    ],
  ])('%s', async (lines, message) => {
    const { consumer } = setUp(lines);

    expect((await errorOf(preflight(consumer))).message).toBe(message);
  });

  test.each([
    ['preflight', 'nothing was changed; mend it, or name another place'],
    ['readBack', 'a command that cannot say what it holds prints nothing and exits with 0'],
    ['write', 'see what it did; it has to bear being told twice'],
    ['restore', 'see what it did; it has to bear being told twice'],
  ])('told %s: what to do', async (action, hint) => {
    const { consumer } = setUp(`case $told in *'"action":"${action}"'*) exit 1 ;; esac`);

    const error = await errorOf(
      action === 'preflight'
        ? preflight(consumer)
        : action === 'restore'
          ? consumer.restore(oldPair, newPair.accessKeyId)
          : consumer.write(newPair, oldPair.accessKeyId),
    );

    expect(error).toMatchObject({ message: `deliver.sh exited with 1, when told ${action}`, hint });
  });

  test('it holds another key than the one expected', async () => {
    const { consumer } = setUp(`echo '{"holds":"AKIASTRANGESTRANGER3"}'`);

    const errors = [
      await errorOf(preflight(consumer)),
      await errorOf(consumer.write(newPair, oldPair.accessKeyId)),
    ].map(({ message, hint }) => ({ message, hint }));

    const message = 'deliver.sh says that it holds the key AKIA…GER3 instead of the key AKIA…OLD1';
    expect(errors).toEqual([
      { message, hint: 'name the place that holds the key to replace' },
      { message, hint: 'it was changed by something else, and that change stays' },
    ]);
  });

  test('a program that is there no more', async () => {
    const consumer = exec.open('/nowhere/deliver', replacement, consumerDeps({ clock: systemClock }));

    const error = await errorOf(preflight(consumer));

    expect(error.message).toBe('deliver could not be started (ENOENT), when told preflight');
  });

  test('after sixty seconds it is ended, with all it started', async () => {
    const clock = createVirtualClock('2026-11-22T10:00:00Z', { auto: false });
    const { folder, consumer } = setUp('sleep 1000 & echo $! > pid; wait', { clock });

    const writing = errorOf(preflight(consumer));
    const pid = await pidIn(join(folder, 'pid'));
    await clock.advance(60_000);
    const error = await writing;

    expect(error.message).toBe('deliver.sh did not end within 60 seconds, when told preflight');
    await gone(pid);
  });
});

describe('a secret in what the command prints is never shown', () => {
  const secret = newPair.reveal();
  const hidden = 'deliver.sh exited with 1; what it printed is not shown, for it may hold a secret, when told write';

  test.each([
    ['as it is', secret],
    ['in a sentence, over two lines', `could not store\n${secret.slice(0, 20)}\n${secret.slice(20)}\nsorry`],
    ['a part of it', secret.slice(5, 18)],
    ['reversed', [...secret].reverse().join('')],
    ['in hex', Buffer.from(secret).toString('hex')],
    ['in hex capitals', Buffer.from(secret).toString('hex').toUpperCase()],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64, with a word before it', Buffer.from(`x:${secret}`).toString('base64')],
    ['in base64, with two words before it', Buffer.from(`id:${secret}:x`).toString('base64')],
    ['in base64url', Buffer.from(`x:${secret}`).toString('base64url')],
    ['in a URL', `https://x/?s=${encodeURIComponent(secret)}`],
    ['in JSON with escaped slashes', JSON.stringify({ secret }).replaceAll('/', '\\/')],
    ['long before the last lines', `${secret}\n${'later\n'.repeat(20)}`],
    ['of somebody else', 'Abcdefghijklmnopqrstuvwxyz0123456789+/AB'],
  ])('%s', async (_, printed) => {
    const { folder, consumer } = setUp('case $told in *write*) cat words >&2; exit 1 ;; esac');
    writeFileSync(join(folder, 'words'), printed);

    const error = await errorOf(consumer.write(newPair, oldPair.accessKeyId));

    expect(error.message).toBe(hidden);
    expect(inspect(error, { depth: 9 })).not.toContain(printed);
  });

  test('nor in what it prints when it is only asked what it holds', async () => {
    const { folder, consumer } = setUp('cat words >&2; exit 1');
    writeFileSync(join(folder, 'words'), secret.slice(3, 25));

    const error = await errorOf(consumer.readBack(newPair));

    expect(error.message).toContain('what it printed is not shown');
  });

  test('what it prints without one is shown', async () => {
    const { consumer } = setUp(
      'case $told in *write*) echo "AKIANEWNEWNEWNEWNEW2: denied by vault.example.com" >&2; exit 1 ;; esac',
    );

    const error = await errorOf(consumer.write(newPair, oldPair.accessKeyId));

    expect(error.message).toBe(
      'deliver.sh exited with 1: AKIANEWNEWNEWNEWNEW2: denied by vault.example.com, when told write',
    );
  });
});
