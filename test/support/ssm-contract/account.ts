// The contract's view of Parameter Store under test: clients per user, and parameters with names that no other case has.
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Case } from '../contract.ts';
import {
  type ContractTarget,
  type ContractUser,
  type Credentials,
  openAccount,
  region,
  type Statement,
} from '../iam-sts-contract/account.ts';

export { refusal } from '../iam-sts-contract/account.ts';

export interface ParametersAccount {
  id: string;
  /** The administrator's. */
  ssm: SSMClient;
  as(credentials: Credentials): SSMClient;
  makeUser(...statements: Statement[]): Promise<ContractUser & { ssm: SSMClient }>;
  setStatus(userName: string, key: Credentials, status: 'Active' | 'Inactive'): Promise<void>;
  /** A name that begins with a slash. */
  newName(stem?: string): string;
  /** Writes a parameter, a SecureString unless said otherwise, and returns its name. */
  make(value?: string, type?: 'String' | 'StringList' | 'SecureString', name?: string): Promise<string>;
  overwrite(name: string, value: string): Promise<number | undefined>;
  close(): Promise<void>;
}

export type ParameterCase = Case<ParametersAccount>;

export function openParameters(target: ContractTarget): ParametersAccount {
  const account = openAccount(target);
  const open: SSMClient[] = [];
  const as = (credentials: Credentials) => {
    const client = new SSMClient({ endpoint: target.endpoint, region, credentials, maxAttempts: 1 });
    open.push(client);
    return client;
  };
  const ssm = as(target.admin);
  const newName = (stem = 'app') => `/${account.newName(stem)}`;

  return {
    id: account.id,
    ssm,
    as,
    newName,
    setStatus: account.setStatus,

    makeUser: async (...statements) => {
      const user = await account.makeUser({ statements });
      return { ...user, ssm: as(user.key) };
    },

    make: async (Value = 'one', Type = 'SecureString', Name = newName()) => {
      await ssm.send(new PutParameterCommand({ Name, Value, Type }));
      return Name;
    },

    overwrite: async (Name, Value) => {
      const { Version } = await ssm.send(new PutParameterCommand({ Name, Value, Overwrite: true }));
      return Version;
    },

    close: async () => {
      for (const client of open) client.destroy();
      await account.close();
    },
  };
}
