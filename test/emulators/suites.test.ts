// The suites that places and vaults in AWS pass, against an AWS that is not ours. Each test has the account to itself.
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { ConsumerDeps, ConsumerKind } from '../../src/consumers/contract.ts';
import { secretsmanager } from '../../src/consumers/secretsmanager.ts';
import { ssm } from '../../src/consumers/ssm.ts';
import { createSecretsManagerVault } from '../../src/vault/secrets-manager-vault.ts';
import { describeConsumer, type TestPlace } from '../consumers/consumer-contract.ts';
import { dieBefore, jsonOf, pairIn } from '../consumers/places-account.ts';
import { consumerDeps, replacement } from '../support/consumer-deps.ts';
import { describeVault } from '../vault/vault-contract.ts';
import { describeEmulators } from './describe-emulators.ts';
import { clientFor, type Emulator } from './servers.ts';

const region = 'us-east-1';
// Emulators are never behind, so nobody waits long for one.
const clock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 50), signal) };

interface Kept {
  kind: ConsumerKind;
  place: string;
  /** The call by which what was written takes effect. */
  lastCall: string;
  put(pair: KeyPair): Promise<void>;
  texts(): Promise<string[]>;
  pairOf(texts: string[]): KeyPair | null;
}

interface KeptInParameters {
  name: string;
  place: string;
  parametersOf(pair: KeyPair): Record<string, string>;
  pairOf: Kept['pairOf'];
  atOnce?: boolean;
}

describeEmulators(
  ['moto'],
  ({ emulator }) => {
    const open = async () => {
      await emulator().reset();
      return accountIn(emulator());
    };

    describeConsumer('secretsmanager', async (pair) => {
      const { client, aws } = await open();
      const secrets = new SecretsManagerClient(client);
      const SecretId = 'app/key';
      await secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: jsonOf(pair) }));
      const read = () => aws().secretsManager(region).value(SecretId, { stage: 'AWSCURRENT' });
      return placeOf(aws, {
        kind: secretsmanager,
        place: `${SecretId}#region=${region}`,
        lastCall: 'moveStage',
        // In one step moto leaves two versions AWSCURRENT, where the label was moved before.
        put: async (other) => {
          const { VersionId } = await secrets.send(
            new PutSecretValueCommand({ SecretId, SecretString: jsonOf(other), VersionStages: ['THEIRS'] }),
          );
          const moved = { RemoveFromVersionId: (await read()).version, MoveToVersionId: VersionId };
          await secrets.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', ...moved }));
        },
        texts: async () => [(await read()).text ?? ''],
        pairOf: ([text = '']) => pairIn(text),
      });
    });

    const describeParameters = ({ name, place, parametersOf, pairOf, atOnce = true }: KeptInParameters) => {
      const create = async (pair: KeyPair) => {
        const { client, aws } = await open();
        const parameters = new SSMClient(client);
        const put = async (other: KeyPair) => {
          for (const [Name, Value] of Object.entries(parametersOf(other))) {
            await parameters.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }));
          }
        };
        await put(pair);
        const textOf = async (path: string) => (await aws().parameterStore(region).value(path)).text;
        const texts = () => Promise.all(Object.keys(parametersOf(pair)).map(textOf));
        return placeOf(aws, { kind: ssm, place: `${place}region=${region}`, lastCall: 'put', put, texts, pairOf });
      };
      describeConsumer(name, create, { atOnce });
    };
    describeParameters({
      name: 'ssm with one parameter',
      place: '/app/key#',
      parametersOf: (pair) => ({ '/app/key': jsonOf(pair) }),
      pairOf: ([text = '']) => pairIn(text),
    });
    describeParameters({
      name: 'ssm with two parameters',
      place: '/app/secret#id=/app/id,',
      parametersOf: (pair) => ({ '/app/id': pair.accessKeyId, '/app/secret': pair.reveal() }),
      pairOf: ([id = '', secret = '']) => new KeyPair(id, secret),
      atOnce: false,
    });

    describeVault('secretsmanager', async () => {
      const { aws } = await open();
      return () => createSecretsManagerVault({ clock, secrets: () => aws().secretsManager(region) });
    });
  },
  { concurrent: false },
);

function accountIn(emulator: Emulator) {
  const { accessKeyId, secretAccessKey } = emulator.adminCredentials;
  const credentials = new KeyPair(accessKeyId, secretAccessKey);
  return {
    client: clientFor(emulator),
    aws: () => createAws({ clock, version: '0.0.0-test', region, endpointUrl: emulator.url, credentials }),
  };
}

function placeOf(aws: () => ConsumerDeps['aws'], { kind, place, lastCall, put, texts, pairOf }: Kept): TestPlace {
  const openWith = (services: ConsumerDeps['aws']) =>
    kind.open(place, replacement, consumerDeps({ clock, aws: services }));
  let look = async () => {};
  const read = async () => pairOf(await texts());
  return {
    open: () => openWith(lookedAtBetween(aws(), () => look())),
    put,
    content: texts,
    read,
    watch: async (work) => {
      const seen: KeyPair[] = [];
      look = async () => {
        const pair = await read();
        if (pair) seen.push(pair);
      };
      await work();
      look = async () => {};
      return seen;
    },
    writeAndCrash: (pair, expected) =>
      dieBefore(lastCall, aws(), (services) => openWith(services).write(pair, expected)),
  };
}

/** Others look after each call that changes something, before the caller hears of the answer. */
function lookedAtBetween(aws: ConsumerDeps['aws'], look: () => Promise<void>): ConsumerDeps['aws'] {
  return {
    secretsManager: (where) => {
      const service = aws.secretsManager(where);
      return {
        ...service,
        put: (...given) => service.put(...given).finally(look),
        moveStage: (...given) => service.moveStage(...given).finally(look),
      };
    },
    parameterStore: (where) => {
      const service = aws.parameterStore(where);
      return { ...service, put: (...given) => service.put(...given).finally(look) };
    },
  };
}
