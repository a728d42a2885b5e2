// What this app is told, from the context: `cdk.json`, or `-c keyturn:NAME=VALUE` on the command line, which wins.
import { type App, RemovalPolicy } from 'aws-cdk-lib';
import type { KeyRotationProps, Places } from './props.ts';

const known = [
  'policyFile',
  'userPath',
  'userTag',
  'administratorsPath',
  'places',
  'placeKeys',
  'subscribers',
  'mode',
  'keysMadeElsewhere',
  'removalPolicy',
  'terminationProtection',
] as const;

/** Lists are lists, or texts with commas between. Throws on what it does not know. */
export function settingsOf({ node }: App): KeyRotationProps {
  const prefix = 'keyturn:';
  const all = node.getAllContext() as Record<string, unknown>;
  for (const key of Object.keys(all).filter((one) => one.startsWith(prefix))) {
    if (!(known as readonly string[]).includes(key.slice(prefix.length))) {
      throw new Error(`there is no setting ${key}; there are: ${known.map((one) => prefix + one).join(', ')}`);
    }
  }
  const text = (name: (typeof known)[number]) => {
    const value = all[prefix + name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const list = (name: (typeof known)[number]) => {
    const value = all[prefix + name];
    return Array.isArray(value) ? value.map(String) : (text(name)?.split(',') ?? []);
  };
  const [userPath, administratorsPath, tag] = [text('userPath'), text('administratorsPath'), text('userTag')];
  return {
    policyFile: text('policyFile') ?? 'keyturn.yaml',
    ...(userPath ? { userPath } : {}),
    ...(tag ? { userTag: tagOf(tag) } : {}),
    ...(administratorsPath ? { administratorsPath } : {}),
    places: placesOf(list('places'), list('placeKeys')),
    subscribers: list('subscribers'),
    mode: modeOf(text('mode')),
    keysMadeElsewhere: madeElsewhereOf(text('keysMadeElsewhere')),
    removalPolicy: text('removalPolicy') === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  };
}

/** Whether CloudFormation refuses to delete the stack until that is taken off: it cannot know of open rotations. */
export function isProtected({ node }: App): boolean {
  const given = node.tryGetContext('keyturn:terminationProtection') ?? 'on';
  if (given === 'on' || given === 'off') return given === 'on';
  throw new Error(`keyturn:terminationProtection is on or off, not ${given}`);
}

function tagOf(text: string): { key: string; value: string } {
  const equals = text.indexOf('=');
  if (equals < 1) throw new Error(`keyturn:userTag is KEY=VALUE, not ${text}`);
  return { key: text.slice(0, equals), value: text.slice(equals + 1) };
}

function modeOf(text = 'report-only'): 'report-only' | 'rotate' {
  if (text === 'report-only' || text === 'rotate') return text;
  throw new Error(`keyturn:mode is report-only or rotate, not ${text}`);
}

function madeElsewhereOf(text = 'tell'): 'tell' | 'deactivate' {
  if (text === 'tell' || text === 'deactivate') return text;
  throw new Error(`keyturn:keysMadeElsewhere is tell or deactivate, not ${text}`);
}

function placesOf(arns: readonly string[], keys: readonly string[]): Places {
  const service = (arn: string) => arn.split(':')[2];
  const stray = arns.find((arn) => !['secretsmanager', 'ssm'].includes(service(arn) ?? ''));
  if (stray !== undefined) throw new Error(`keyturn:places are ARNs of secrets and parameters, not ${stray}`);
  return {
    secrets: arns.filter((arn) => service(arn) === 'secretsmanager'),
    parameters: arns.filter((arn) => service(arn) === 'ssm'),
    keys,
  };
}
