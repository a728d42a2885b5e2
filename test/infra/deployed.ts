// A deployment as its template means it: synthesised into a temporary folder, its references replaced by ARNs, and readable by
// who may do what.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { KeyRotation } from '../../infra/key-rotation.ts';
import type { KeyRotationProps } from '../../infra/props.ts';
import { buildFunctions } from '../../src/build-functions.ts';
import { entryOf } from '../../src/lambda/needs.ts';
import { activityNames, parkNames } from '../../src/machine/context.ts';
import { type Caller, iamArn, type Policies, type Statement, verdict } from './evaluate.ts';

export const root = dirname(dirname(import.meta.dirname));

export interface Resource {
  Type: string;
  DeletionPolicy?: string;
  Properties: Record<string, unknown>;
}

interface Given extends Partial<Omit<KeyRotationProps, 'mode' | 'userPath'>> {
  /** Default `rotate`. */
  mode?: KeyRotationProps['mode'] | 'unsaid';
  /** Default `/machines/`; `unsaid` leaves it out. */
  userPath?: string;
  /** Of the policy file. */
  policy?: string;
  /** Whether the functions' code is looked at, which takes its time to be put together. */
  withCode?: true;
}

export interface Deployed {
  resources: Readonly<Record<string, Resource>>;
  /** Those of the stack in us-east-1, which sends on what happens there. */
  away: Readonly<Record<string, Resource>>;
  ofType(type: string): Resource[];
  /** By the name that the function has without `keyturn-`. */
  functions: Readonly<Record<string, Resource>>;
  /** Of a function's role, all together. */
  statementsOf(name: string): Statement[];
  roleArn(name: string): string;
  /** Names of the state machine's functions that may do it, sorted. */
  whoMay(action: string, resource: string, keys?: Record<string, string | string[]>): Promise<string[]>;
  verdict(name: string, action: string, resource: string, keys?: Record<string, string | string[]>): Promise<string>;
  /** The files of a function's code, and what is in them. */
  codeOf(name: string): Record<string, Buffer>;
}

let folder: string | undefined;
let built: Promise<unknown> | undefined;

/** Call when all tests of a file are done. */
export async function forgetDeployed(): Promise<void> {
  if (folder) await rm(folder, { recursive: true });
}

export async function deployed({
  policy = '',
  withCode,
  mode = 'rotate',
  userPath = '/machines/',
  ...props
}: Given = {}): Promise<Deployed> {
  folder ??= await mkdtemp(join(tmpdir(), 'keyturn-deployed-'));
  const functions = join(folder, 'functions');
  built ??= buildFunctions(root, functions);
  await built;
  const outdir = await mkdtemp(join(folder, 'out-'));
  const policyFile = join(outdir, '..', 'keyturn.yaml');
  await writeFile(policyFile, policy);
  const app = new App({ outdir, context: withCode ? {} : { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'keyturn', { env: { account: '123456789012', region: 'eu-west-1' } });
  const told = { ...(mode === 'unsaid' ? {} : { mode }), ...(userPath === 'unsaid' ? {} : { userPath }) };
  new KeyRotation(stack, 'KeyRotation', { ...told, functions, ...props, policyFile });
  const away = app.node.findAll().find((one): one is Stack => one instanceof Stack && one !== stack);
  const resources = resourcesOf(stack);
  const assets = assetsIn(outdir);
  return {
    ...reading(resources, (hash) => join(outdir, assets[hash] ?? '')),
    away: away ? resourcesOf(away) : {},
  };
}

function resourcesOf(stack: Stack): Record<string, Resource> {
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> };
  return Object.fromEntries(Object.entries(Resources).map(([id, one]) => [id, resolved(one, Resources) as Resource]));
}

/** Names of the functions that the state machine invokes. */
export const ofMachine = [...activityNames, ...parkNames].map((name) => basename(entryOf(name), '.ts')).sort();

function reading(resources: Record<string, Resource>, assetFolder: (hash: string) => string): Omit<Deployed, 'away'> {
  const ofType = (type: string) => Object.values(resources).filter(({ Type }) => Type === type);
  const functions = Object.fromEntries(
    ofType('AWS::Lambda::Function').map((one) => [String(one.Properties.FunctionName).replace('keyturn-', ''), one]),
  );
  const roleOf = (name: string) => String(functions[name]?.Properties.Role);
  const statementsOf = (name: string) =>
    ofType('AWS::IAM::Policy')
      .filter(({ Properties }) => (Properties.Roles as string[]).some((role) => roleOf(name).endsWith(`/${role}`)))
      .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement);
  const judge: Deployed['verdict'] = (name, action, resource, keys = {}) => {
    const policies: Policies = { identity: statementsOf(name), ...keyPolicy(resource, resources) };
    return verdict(functionOf(roleOf(name)), { action, resource, keys }, policies);
  };
  return {
    resources,
    ofType,
    functions,
    statementsOf,
    roleArn: roleOf,
    verdict: judge,
    whoMay: async (action, resource, keys) => {
      const verdicts = await Promise.all(ofMachine.map((name) => judge(name, action, resource, keys)));
      return ofMachine.filter((_, index) => verdicts[index] === 'Allowed');
    },
    codeOf: (name) => {
      const { S3Key } = (functions[name]?.Properties.Code ?? {}) as { S3Key?: string };
      const code = assetFolder(String(S3Key).replace('.zip', ''));
      const files = readdirSync(code, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const paths = files.map((entry) => join(entry.parentPath, entry.name));
      return Object.fromEntries(paths.map((path) => [path.slice(code.length + 1), readFileSync(path)]));
    },
  };
}

/** Keys are opened by their own policy first of all; that of somebody else's key leaves it to IAM. */
export function keyPolicy(arn: string, resources: Deployed['resources']): Pick<Policies, 'resource'> {
  const id = /^arn:aws:kms:.*:key\/(.+)$/.exec(arn)?.[1];
  if (id === undefined) return {};
  const own = resources[id]?.Properties.KeyPolicy as { Statement: Statement[] } | undefined;
  const leftToIam = { Effect: 'Allow', Principal: { AWS: iamArn('root') }, Action: 'kms:*', Resource: '*' };
  return { resource: own?.Statement ?? [leftToIam] };
}

/** Who a function is once it runs. */
const functionOf = (role: string): Caller => ({
  principal: role,
  keys: { 'aws:PrincipalArn': role, 'aws:PrincipalType': 'AssumedRole', 'aws:CurrentTime': '2026-11-22T12:00:00Z' },
});

function assetsIn(outdir: string): Record<string, string> {
  const name = readdirSync(outdir).find((one) => one.endsWith('.assets.json')) ?? '';
  const { files } = JSON.parse(readFileSync(join(outdir, name), 'utf8')) as {
    files: Record<string, { source: { path: string } }>;
  };
  return Object.fromEntries(Object.entries(files).map(([hash, { source }]) => [hash, source.path]));
}

/** References and attributes as the values that they will have, more or less. */
function resolved(value: unknown, all: Record<string, Resource>): unknown {
  if (Array.isArray(value)) return value.map((one) => resolved(one, all));
  if (value === null || typeof value !== 'object') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::Sub': text } = value as Record<string, unknown>;
  if (Ref) return nameOf(String(Ref), all);
  if (text) return text;
  if (Array.isArray(attribute)) return attribute[1] === 'Arn' ? arnOf(String(attribute[0]), all) : attribute.join('.');
  if (Array.isArray(join)) return (join[1] as unknown[]).map((one) => resolved(one, all)).join(String(join[0]));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, all)]));
}

const pseudo: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': '123456789012',
  'AWS::Region': 'eu-west-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

function nameOf(id: string, all: Record<string, Resource>): string {
  const { Type, Properties } = all[id] ?? {};
  if (Type === 'AWS::SNS::Topic') return `arn:aws:sns:eu-west-1:123456789012:${id}`;
  if (Type === 'AWS::SSM::Parameter') return String(Properties?.Name);
  if (Type === 'AWS::StepFunctions::StateMachine') return arnOf(id, all);
  return pseudo[id] ?? id;
}

function arnOf(id: string, all: Record<string, Resource>): string {
  const { Type = '', Properties = {} } = all[id] ?? {};
  const own: Record<string, string> = {
    'AWS::IAM::Role': iamArn(`role${Properties.Path}${id}`),
    'AWS::Lambda::Function': `arn:aws:lambda:eu-west-1:123456789012:function:${Properties.FunctionName}`,
    'AWS::KMS::Key': `arn:aws:kms:eu-west-1:123456789012:key/${id}`,
    'AWS::S3::Bucket': `arn:aws:s3:::${id.toLowerCase()}`,
    'AWS::Logs::LogGroup': `arn:aws:logs:eu-west-1:123456789012:log-group:${id}:*`,
    'AWS::StepFunctions::StateMachine': `arn:aws:states:eu-west-1:123456789012:stateMachine:${id}`,
  };
  return own[Type] ?? id;
}
