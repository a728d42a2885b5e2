// Users whose keys lie in secrets, and the executions that rotate them, in a deployment.
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListUserTagsCommand,
  PutUserPolicyCommand,
  TagUserCommand,
} from '@aws-sdk/client-iam';
import { CreateScheduleCommand, GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ListTopicsCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import type { Credentials } from '../emulators/servers.ts';
import type { Deployment } from './deployment.ts';

export interface Ended {
  status: string;
  /** The state that was entered last; where it ended, how. */
  end: string | undefined;
  /** The states that were entered, in order. */
  entered: string[];
  /** What the last state got. */
  state: Record<string, unknown>;
}

export type Machines = ReturnType<typeof machinesIn>;

export function machinesIn({ client, emulator }: Deployment) {
  const given = client();
  const iam = new IAMClient(given);
  const secrets = new SecretsManagerClient(given);
  const sfn = new SFNClient(given);
  const sns = new SNSClient(given);
  const scheduler = new SchedulerClient(given);
  const stateMachineArn = `arn:aws:states:us-east-1:${emulator.account}:stateMachine:keyturn`;
  const secretOf = (user: string) => `app/${user}`;

  async function history(executionArn: string): Promise<Ended> {
    const { status = '' } = await sfn.send(new DescribeExecutionCommand({ executionArn })).catch((error) => {
      if (error.name !== 'ExecutionDoesNotExist') throw error;
      return { status: 'not begun' };
    });
    if (status === 'not begun') return { status, end: undefined, entered: [], state: {} };
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    const states = events.flatMap(({ stateEnteredEventDetails: entered }) => (entered ? [entered] : []));
    return {
      status,
      end: states.at(-1)?.name,
      entered: states.map(({ name = '' }) => name),
      state: JSON.parse(states.at(-1)?.input ?? '{}'),
    };
  }

  /** What the user's secret holds now. */
  async function held(user: string): Promise<Credentials & { host: string }> {
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretOf(user) }));
    return JSON.parse(SecretString);
  }

  /** The user's program does something with the key that it finds in its secret. */
  async function work(user: string): Promise<void> {
    await new SecretsManagerClient(client(await held(user))).send(
      new GetSecretValueCommand({ SecretId: secretOf(user) }),
    );
  }

  return {
    /** A user whose only key is in a secret and was used a moment ago; the pair. */
    async machine(name: string, path = '/machines/'): Promise<Credentials> {
      await iam.send(new CreateUserCommand({ UserName: name, Path: path }));
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
      const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
      const SecretString = JSON.stringify({ host: 'db.example.com', accessKeyId, secretAccessKey });
      const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name: secretOf(name), SecretString }));
      const Statement = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: ARN };
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'own-secret', PolicyDocument }));
      await work(name);
      return { accessKeyId, secretAccessKey };
    },

    work,
    held,

    async keys(UserName: string): Promise<Record<string, string>> {
      const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
      return Object.fromEntries(AccessKeyMetadata.map(({ AccessKeyId = '', Status = '' }) => [AccessKeyId, Status]));
    },

    /** The user’s unique id. */
    async userId(UserName: string): Promise<string> {
      const { User } = await iam.send(new GetUserCommand({ UserName }));
      return User?.UserId ?? '';
    },

    /** The ids of the rotations that claim the user. */
    async claims(UserName: string): Promise<string[]> {
      const { Tags = [] } = await iam.send(new ListUserTagsCommand({ UserName }));
      return Tags.flatMap(({ Key = '' }) => (Key.startsWith('keyturn:claim:') ? [Key.slice(14)] : []));
    },

    /** As if claimUser had claimed the user for this rotation. */
    async claim(UserName: string, rotation: string, key: string): Promise<void> {
      const Value = `since=2026-11-22T09:00:00Z n=0 step=claimUser at=2026-11-22T09:00:00Z keys=${key}`;
      await iam.send(new TagUserCommand({ UserName, Tags: [{ Key: `keyturn:claim:${rotation}`, Value }] }));
    },

    /** Names of the secrets that keyturn keeps for rotations. */
    async kept(): Promise<string[]> {
      const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
      return SecretList.flatMap(({ Name = '' }) => (Name.startsWith('keyturn/') ? [Name] : []));
    },

    /** Somebody confirmed that they want to hear. */
    async listen(): Promise<void> {
      const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
      const TopicArn = Topics.map((one) => one.TopicArn ?? '').find((arn) => arn.includes(':keyturn-'));
      const Endpoint = `arn:aws:sqs:us-east-1:${emulator.account}:listener`;
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    },

    async start(name: string, input: object): Promise<string> {
      const { executionArn = '' } = await sfn.send(
        new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
      );
      return executionArn;
    },

    /** Of an execution that something else starts by this name. */
    executionArn: (name: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,

    /** What the schedule does every night, a few seconds from now. */
    async sweepSoon(): Promise<void> {
      const { Target } = await scheduler.send(new GetScheduleCommand({ Name: 'keyturn-sweep' }));
      const at = new Date(Date.now() + 5000).toISOString().slice(0, 19);
      const once = { ScheduleExpression: `at(${at})`, FlexibleTimeWindow: { Mode: 'OFF' as const } };
      await scheduler.send(new CreateScheduleCommand({ Name: 'now', Target, ...once }));
    },

    stop: (executionArn: string) => sfn.send(new StopExecutionCommand({ executionArn })),

    /** Waits until it is so. Rejects with the history where it is not within four minutes. */
    async until(executionArn: string, isSo: (now: Ended) => boolean): Promise<Ended> {
      const limit = AbortSignal.timeout(240_000);
      for (;;) {
        const now = await history(executionArn);
        if (isSo(now)) return now;
        if (limit.aborted) throw new Error(`this is how far it got: ${JSON.stringify(now, null, 2)}`);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    },
  };
}

export const hasEnded = ({ status }: Ended) => !['not begun', 'RUNNING'].includes(status);
