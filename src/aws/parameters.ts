// Systems Manager's Parameter Store in keyturn's own words. No refusal is quoted but those of permissions, and no value
// reaches an error.
import type * as Sdk from '@aws-sdk/client-ssm';
import { AwsRefusalError, NoSuchEntityError } from '../errors.ts';
import type { ParameterFacts, ParameterStore } from './contract.ts';
import { translatedWithoutWords as translated } from './translate.ts';

interface Connected {
  sdk: typeof Sdk;
  client: Sdk.SSMClient;
}

export function parameterStoreOf(connect: () => Promise<Connected>): ParameterStore {
  const call = async <T>(operation: string, send: (connected: Connected) => Promise<T>): Promise<T> => {
    const connected = await connect();
    return translated(`ssm:${operation}`, () => send(connected));
  };

  const put = (facts: ParameterFacts, text: string, Overwrite: boolean) =>
    call('PutParameter', ({ sdk, client }) =>
      client.send(new sdk.PutParameterCommand({ ...nextVersionOf(facts), Value: text, Overwrite })),
    );

  return {
    list: () =>
      call('DescribeParameters', async ({ sdk, client }) => {
        const parameters: { name: string; type: string }[] = [];
        const asked = { ParameterFilters: [{ Key: 'Type', Option: 'Equals', Values: ['SecureString', 'String'] }] };
        for await (const { Parameters = [] } of sdk.paginateDescribeParameters({ client, pageSize: 50 }, asked)) {
          for (const { Name = '', Type = '' } of Parameters) parameters.push({ name: Name, type: Type });
        }
        return parameters;
      }),

    values: async (names) => {
      const { Parameters = [] } = await call('GetParameters', ({ sdk, client }) =>
        client.send(new sdk.GetParametersCommand({ Names: [...names], WithDecryption: true })),
      );
      return Parameters.flatMap(({ Name, Value }) =>
        Name && Value !== undefined ? [{ name: Name, text: Value }] : [],
      );
    },

    facts: async (name) => {
      const newest = await call('GetParameterHistory', async ({ sdk, client }) => {
        let last: Sdk.ParameterHistory | undefined;
        for await (const { Parameters = [] } of sdk.paginateGetParameterHistory({ client }, { Name: name })) {
          for (const one of Parameters) if ((one.Version ?? 0) > (last?.Version ?? 0)) last = one;
        }
        return last;
      });
      if (!newest) throw new NoSuchEntityError(`ssm:GetParameterHistory: AWS named no version of ${name}`);
      const policies = (newest.Policies ?? []).flatMap(({ PolicyText }) => PolicyText ?? []);
      return {
        name,
        version: newest.Version ?? 0,
        type: newest.Type ?? '',
        tier: newest.Tier ?? 'Standard',
        keyId: newest.KeyId ?? null,
        labels: newest.Labels ?? [],
        description: newest.Description || null,
        allowedPattern: newest.AllowedPattern || null,
        policies: policies.length > 0 ? `[${policies.join(',')}]` : null,
      };
    },

    value: async (name, version) => {
      const asked = version === undefined ? name : `${name}:${version}`;
      const { Parameter: found } = await call('GetParameter', ({ sdk, client }) =>
        client.send(new sdk.GetParameterCommand({ Name: asked, WithDecryption: true })),
      );
      if (found?.Value === undefined) throw new NoSuchEntityError(`ssm:GetParameter: AWS gave no value of ${name}`);
      return { text: found.Value, version: found.Version ?? 0 };
    },

    put: async (facts, text) => (await put(facts, text, true)).Version ?? 0,

    proveWritable: async (facts) => {
      try {
        // Permission is judged first, so whoever may is told instead that the name is taken.
        await put(facts, 'never-written', false);
      } catch (error) {
        if (!(error instanceof AwsRefusalError)) throw error;
      }
    },
  };
}

/** What PutParameter would otherwise set anew: without a KeyId even an existing parameter gets the account's own key. */
function nextVersionOf({ name, type, tier, keyId, description, allowedPattern, policies }: ParameterFacts) {
  return {
    Name: name,
    Type: type as Sdk.ParameterType,
    Tier: tier as Sdk.ParameterTier,
    ...(keyId ? { KeyId: keyId } : {}),
    ...(description ? { Description: description } : {}),
    ...(allowedPattern ? { AllowedPattern: allowedPattern } : {}),
    ...(policies ? { Policies: policies } : {}),
  };
}
