// The contract's view of the AWS under test: SDK clients per credentials, and users with names that no other case has.
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  type StatusType,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import type { Case } from '../contract.ts';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface ContractTarget {
  endpoint: string;
  account: string;
  /** Keys of an IAM user, not root, who may do anything. */
  admin: Credentials;
  /** Lets pass what AWS does late: the propagation of changes and the publication of last use. */
  settle?(): Promise<void>;
  /** For a target without `iam:PutUserPolicy`. */
  putUserPolicy?(userName: string, document: PolicyDocument): Promise<void>;
  /** Attaches an empty managed policy of this name, for a target without `iam:CreatePolicy` or `iam:AttachUserPolicy`. */
  attachPolicy?(userName: string, policyName: string): Promise<void>;
  /** Makes a role that these principals may assume and returns its ARN, for a target without `iam:CreateRole`. */
  makeRole?(role: NewRole): Promise<string>;
  close(): Promise<void>;
}

export interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
}

export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: Statement[];
}

export interface NewRole {
  name: string;
  trusted: string;
  statements: Statement[];
}

export type ContractCase = Case<ContractAccount>;

export interface Clients {
  iam: IAMClient;
  sts: STSClient;
}

export interface ContractUser extends Clients {
  name: string;
  /** The key that `iam` and `sts` sign with. */
  key: Credentials;
}

export interface ContractAccount extends Clients {
  id: string;
  adminKey: Credentials;
  as(credentials: Credentials): Clients;
  /** A name that starts with `stem`, if given, and that nobody has yet. */
  newName(stem?: string): string;
  /** Makes a user who may do what the statements say, with one active key. */
  makeUser(options?: { name?: string; path?: string; statements?: Statement[] }): Promise<ContractUser>;
  /** Another key for a user. */
  makeKey(userName: string): Promise<Credentials>;
  setStatus(userName: string, key: Credentials, status: StatusType): Promise<void>;
  deleteKey(userName: string, key: Credentials): Promise<void>;
  allow(userName: string, statements: Statement[]): Promise<void>;
  attachPolicy(userName: string, policyName: string): Promise<void>;
  /** A role that `trusted` may assume. Returns its ARN. */
  makeRole(options: { trusted: string; statements?: Statement[] }): Promise<string>;
  settle(): Promise<void>;
  close(): Promise<void>;
}

export const region = 'us-east-1';

export function openAccount(target: ContractTarget): ContractAccount {
  const open: Clients[] = [];
  const as = (credentials: Credentials): Clients => {
    // One attempt: the contract wants the first answer, not what became of it after retries.
    const config = { endpoint: target.endpoint, region, credentials, maxAttempts: 1 };
    const clients = { iam: new IAMClient(config), sts: new STSClient(config) };
    open.push(clients);
    return clients;
  };
  const { iam, sts } = as(target.admin);
  let names = 0;
  const newName = (stem = 'user') => `${stem}-${++names}`;
  const settle = async () => target.settle?.();

  const makeKey = async (UserName: string) => {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    await settle();
    return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  };

  const allow = async (UserName: string, statements: Statement[]) => {
    const document = policy(statements);
    const put = new PutUserPolicyCommand({
      UserName,
      PolicyName: 'permissions',
      PolicyDocument: JSON.stringify(document),
    });
    await (target.putUserPolicy?.(UserName, document) ?? iam.send(put));
    await settle();
  };

  return {
    id: target.account,
    adminKey: target.admin,
    iam,
    sts,
    as,
    newName,
    settle,
    makeKey,
    allow,

    makeUser: async ({ name = newName(), path = '/', statements = [] } = {}) => {
      await iam.send(new CreateUserCommand({ UserName: name, Path: path }));
      if (statements.length > 0) await allow(name, statements);
      const key = await makeKey(name);
      return { name, key, ...as(key) };
    },

    setStatus: async (UserName, { accessKeyId: AccessKeyId }, Status) => {
      await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status }));
      await settle();
    },

    deleteKey: async (UserName, { accessKeyId: AccessKeyId }) => {
      await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
      await settle();
    },

    attachPolicy: async (UserName, PolicyName) => {
      if (target.attachPolicy) return target.attachPolicy(UserName, PolicyName);
      const PolicyDocument = JSON.stringify(policy([{ Effect: 'Deny', Action: 's3:*', Resource: '*' }]));
      const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
      await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: Policy?.Arn ?? '' }));
    },

    makeRole: async ({ trusted, statements = [] }) => {
      const RoleName = newName('role');
      if (target.makeRole) return target.makeRole({ name: RoleName, trusted, statements });
      const trust = { Effect: 'Allow', Principal: { AWS: trusted }, Action: 'sts:AssumeRole' };
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
      const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
      if (statements.length > 0) {
        const PolicyDocument = JSON.stringify(policy(statements));
        await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'permissions', PolicyDocument }));
      }
      await settle();
      return Role?.Arn ?? '';
    },

    close: async () => {
      for (const clients of open) {
        clients.iam.destroy();
        clients.sts.destroy();
      }
      await target.close();
    },
  };
}

/** How AWS refused, by the code on the wire, not by the SDK's class name; `accepted` where it did not. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string; status?: number; message?: string }> {
  try {
    await call;
    return { code: 'accepted' };
  } catch (error) {
    const { name, Code, message, $metadata } = error as AwsError;
    if ($metadata?.httpStatusCode === undefined) throw error;
    return { code: Code ?? name, status: $metadata.httpStatusCode, message };
  }
}

interface AwsError extends Error {
  Code?: string;
  $metadata?: { httpStatusCode?: number };
}

function policy(statements: Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements };
}
