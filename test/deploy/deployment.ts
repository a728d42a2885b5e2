// The app of infra/ in an emulated account: bootstrapped, deployed and destroyed by the real CDK, its functions run as processes
// under their own roles. What the emulator needs to be other than in AWS stands in differences.ts.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
} from '@aws-sdk/client-cloudformation';
import { type Credentials, clientFor, type Emulator, environmentFor, startMiniStack } from '../emulators/servers.ts';
import { adapt } from './assembly.ts';

export interface Deployment {
  emulator: Emulator;
  /** What an unmodified client of the SDK needs, by default as the administrator. */
  client(credentials?: Credentials): ReturnType<typeof clientFor>;
  /** Synthesises the app with these settings (`keyturn:` is put before each) and deploys it. */
  deploy(settings: Record<string, string>): Promise<void>;
  /** Of the stack's only resource of the type. */
  physicalId(type: string): Promise<string>;
  /** `cdk destroy`; the types of what it left. */
  destroy(): Promise<string[]>;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const cdkProgram = join(root, 'node_modules/aws-cdk/bin/cdk');

/** An account that `cdk bootstrap` prepared. */
export async function openDeployment(): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-deploy-'));
  const emulator = await startMiniStack([fileURLToPath(new URL('mended-ministack.py', import.meta.url))]);
  const close = async () => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  };
  const assembly = join(folder, 'cdk.out');
  const cdk = (args: string[], cwd = root) =>
    run(process.execPath, [cdkProgram, ...args, '--no-notices'], {
      cwd,
      env: {
        PATH: process.env.PATH,
        // It keeps the account of each access key there.
        CDK_HOME: folder,
        HOME: folder,
        TMPDIR: folder,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        ...environmentFor(emulator, emulator.adminCredentials),
      },
    });

  try {
    // In a folder without an app there is none to synthesise.
    await cdk(['bootstrap', `aws://${emulator.account}/us-east-1`], folder);
  } catch (error) {
    await close();
    throw error;
  }
  const cloudFormation = new CloudFormationClient(clientFor(emulator));
  return {
    emulator,
    client: (credentials) => clientFor(emulator, credentials),
    deploy: async (settings) => {
      // Whoever deploys for good takes it off by hand before a destroy.
      const all = { terminationProtection: 'off', ...settings };
      const context = Object.entries(all).flatMap(([name, value]) => ['-c', `keyturn:${name}=${value}`]);
      await cdk(['synth', '--quiet', '--output', assembly, ...context]);
      await adapt(assembly);
      await cdk(['deploy', '--app', assembly, '--require-approval', 'never']);
    },
    physicalId: async (type) => {
      const { StackResources = [] } = await cloudFormation.send(
        new DescribeStackResourcesCommand({ StackName: 'keyturn' }),
      );
      const [only] = StackResources.filter(({ ResourceType }) => ResourceType === type);
      return only?.PhysicalResourceId ?? '';
    },
    destroy: async () => {
      const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'keyturn' }));
      await cdk(['destroy', '--app', assembly, '--force']);
      const types = new Set<string>();
      // By its name a stack that is gone cannot be found.
      const pages = paginateDescribeStackEvents({ client: cloudFormation }, { StackName: Stacks[0]?.StackId });
      for await (const { StackEvents = [] } of pages) {
        for (const { ResourceStatus, ResourceType = '' } of StackEvents) {
          if (ResourceStatus === 'DELETE_SKIPPED') types.add(ResourceType);
        }
      }
      return [...types].sort();
    },
    close,
  };
}

const execute = promisify(execFile);

async function run(program: string, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<void> {
  await execute(program, args, { ...options, maxBuffer: 1e8 }).catch(({ stdout, stderr }) => {
    throw new Error(`cdk ${args[1]} failed:\n${`${stdout}${stderr}`.slice(-4000)}`);
  });
}
