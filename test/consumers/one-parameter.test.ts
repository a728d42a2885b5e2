// One parameter and whoever else writes to it: what is written on, what is put back, and what does not fit.
import { expect, test } from 'vitest';
import { openParameter } from '../../src/consumers/one-parameter.ts';
import { ConsumerError } from '../../src/errors.ts';
import { openAccount } from './places-account.ts';

async function setUp(value: string) {
  const { sandbox, clock, aws, before } = await openAccount();
  const { parameters } = sandbox;
  parameters.create({ name: '/app', value });
  return {
    sandbox,
    parameter: openParameter({ clock, parameters: () => aws().parameterStore('us-east-1') }, '/app'),
    /** Somebody else writes this, right before the first such call. */
    theirs: (operation: string, text: string) => before(operation, () => parameters.put('/app', text)),
    versions: () => parameters.snapshot({ values: true })['/app']?.versions.map((one) => one.value),
  };
}

test('what was written since the look is written on, and is never replaced meanwhile', async () => {
  const { parameter, theirs, versions } = await setUp('a');
  theirs('GetParameterHistory', 'b');

  await parameter.rewrite((text) => `${text}!`);

  expect(versions()).toEqual(['a', 'b', 'b!']);
  expect(await parameter.text()).toBe('b!');
});

test('what was written at the same moment is written on', async () => {
  const { parameter, theirs, versions } = await setUp('a');
  theirs('PutParameter', 'b');

  await parameter.rewrite((text) => `${text}!`);

  expect(versions()).toEqual(['a', 'b', 'a!', 'b!']);
});

test.each([new ConsumerError('not on b'), new TypeError('a mistake of ours')])(
  'what was written at the same moment and must not be written on is put back: %s',
  async (cause) => {
    const { parameter, theirs, versions } = await setUp('a');
    theirs('PutParameter', 'b');

    const rewriting = parameter.rewrite((text) => {
      if (text === 'b') throw cause;
      return `${text}!`;
    });

    await expect(rewriting).rejects.toBe(cause);
    expect(versions()).toEqual(['a', 'b', 'a!', 'b']);
  },
);

test('an answer that is lost costs one version more, which is the same', async () => {
  const { parameter, sandbox, versions } = await setUp('a');
  sandbox.fault({ operation: 'PutParameter', call: 1, kind: 'lostAnswer' });

  await parameter.rewrite((text) => `${text}!`);

  expect(versions()).toEqual(['a', 'a!', 'a!']);
});

test.each([
  [4_096, ['a'.repeat(4_095), 'a'.repeat(4_096)], undefined],
  [4_097, ['a'.repeat(4_096)], 'the parameter /app would have 4097 bytes with the key in it'],
])('%i bytes are looked at before they are sent', async (bytes, written, message) => {
  const { parameter, versions } = await setUp('a'.repeat(bytes - 1));

  const error = await parameter.rewrite((text) => `${text}a`).catch((caught: unknown) => caught);

  expect((error as ConsumerError | undefined)?.message).toBe(message);
  expect(versions()).toEqual(written);
});
