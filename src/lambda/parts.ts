// What the functions are put together from: AWS, the vault, the seal, the policy that was shipped, and the places and probes
// that can be reached without a machine of somebody's own.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAws } from '../aws/clients.ts';
import type { Aws } from '../aws/contract.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Policy } from '../policy/policy.ts';
import { createSeal, type Seal } from '../vault/seal.ts';
import { version } from '../version.ts';
import { type Deployment, shippedPolicy } from './contract.ts';

export interface Parts {
  aws: Aws;
  clock: Clock;
  deployment: Deployment;
  seal: Seal;
  /** Where the deployment is. */
  region: string;
  /** Throws where it cannot be read: then it exempts from nothing and permits nothing. */
  policy(): Promise<Policy>;
  log(line: Record<string, unknown>): void;
}

interface Given {
  aws: Aws;
  clock: Clock;
  deployment: Deployment;
  region: string;
  policy(): Promise<Policy>;
  log?: Parts['log'];
}

export function partsOf({ log = logged, ...given }: Given): Parts {
  const { aws, deployment, region } = given;
  const seal = createSeal({ secrets: () => aws.secretsManager(region), kmsKey: deployment.KEYTURN_SEAL_KEY });
  return { ...given, seal, log };
}

/** The parts of a function that runs in Lambda, from its environment. */
export function deployedParts(): Parts {
  const deployment = process.env as unknown as Deployment;
  const clock = systemClock;
  return partsOf({
    aws: createAws({ clock, version }),
    clock,
    deployment,
    region: process.env.AWS_REGION ?? '',
    policy: async () => JSON.parse(await readFile(join(process.env.LAMBDA_TASK_ROOT ?? '.', shippedPolicy), 'utf8')),
  });
}

/** One line of JSON each, as Lambda's JSON logs have them. Never a secret, a token, or an answer of AWS. */
function logged(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
