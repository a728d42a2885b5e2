// What a deployment is told: a mistake ends the synthesis, before anything is deployed.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { settingsOf } from '../../infra/settings.ts';
import { parameterOf, readShippedPolicy } from '../../infra/shipped-policy.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { deployed, forgetDeployed } from './deployed.ts';

afterAll(forgetDeployed);

describe('the policy file', () => {
  test('with a mistake is refused by file, line and key', async () => {
    await expect(deployed({ policy: 'defaults:\n  quiteFor: 7d\n' })).rejects.toThrow(
      'keyturn.yaml:2: defaults.quiteFor: there is no such key',
    );
  }, 90_000);

  test('that is not there, or not UTF-8, is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyturn-told-'));
    const [missing, binary] = [join(folder, 'none.yaml'), join(folder, 'binary.yaml')];
    await writeFile(binary, Buffer.from([0xff, 0xfe, 0x00]));

    expect(() => readShippedPolicy(missing)).toThrow(`there is no policy file ${missing}`);
    expect(() => readShippedPolicy(binary)).toThrow(
      `the policy file ${binary} cannot be read: ERR_ENCODING_INVALID_ENCODED_DATA`,
    );
    await rm(folder, { recursive: true });
  });

  test('that does not fit into a parameter is refused', () => {
    const rules = (count: number) =>
      Array.from({ length: count }, (_, index) => `  - { user: user-${index}, quietFor: 7d }`).join('\n');

    expect(() => parameterOf(parsePolicy(`rules:\n${rules(300)}`, 'keyturn.yaml'))).toThrow(
      'keyturn.yaml: its defaults and rules are 10715 bytes long, and a parameter holds 8192',
    );
    expect(parameterOf(parsePolicy(`rules:\n${rules(1)}`, 'keyturn.yaml'))).toBe(
      '{"defaults":{},"rules":[{"user":"user-0","quietFor":"7d"}]}',
    );
  });
});

describe('whose keys', () => {
  test.each(['machines', '/machines', 'machines/', '/*/', '/a?/', '/a b/'])(
    'the path %s is refused',
    async (userPath) => {
      await expect(deployed({ userPath })).rejects.toThrow(`and holds no * or ?: not ${userPath}`);
    },
  );

  test('has to be said', async () => {
    await expect(deployed({ userPath: 'unsaid' })).rejects.toThrow(
      "whose keys? give userPath ('/' for all users of the account), userTag, or both",
    );
  });
});

describe('the context', () => {
  const told = (context: Record<string, unknown>) => settingsOf(new App({ context }));
  const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/*';
  const parameter = 'arn:aws:ssm:eu-west-1:123456789012:parameter/app/*';

  test('says nothing: only to report, and to keep everything', () => {
    expect(told({})).toEqual({
      keysMadeElsewhere: 'tell',
      policyFile: 'keyturn.yaml',
      places: { secrets: [], parameters: [], keys: [] },
      subscribers: [],
      mode: 'report-only',
      removalPolicy: 'retain',
    });
  });

  test('lists are lists, or texts with commas between, as a command line has them', () => {
    const places = { secrets: [secret], parameters: [parameter], keys: [] };

    expect(told({ 'keyturn:places': [secret, parameter] })).toMatchObject({ places });
    expect(told({ 'keyturn:places': `${secret},${parameter}`, 'keyturn:userTag': 'rotate=yes=no' })).toMatchObject({
      places,
      userTag: { key: 'rotate', value: 'yes=no' },
    });
  });

  test.each([
    [{ 'keyturn:userpath': '/' }, 'there is no setting keyturn:userpath; there are: keyturn:policyFile'],
    [{ 'keyturn:mode': 'rotates' }, 'keyturn:mode is report-only or rotate, not rotates'],
    [{ 'keyturn:keysMadeElsewhere': 'delete' }, 'keyturn:keysMadeElsewhere is tell or deactivate, not delete'],
    [{ 'keyturn:userTag': 'rotate' }, 'keyturn:userTag is KEY=VALUE, not rotate'],
    [
      { 'keyturn:places': 'arn:aws:s3:::bucket' },
      'keyturn:places are ARNs of secrets and parameters, not arn:aws:s3:::bucket',
    ],
  ])('%j is refused', (context, message) => {
    expect(() => told(context)).toThrow(message);
  });
});
