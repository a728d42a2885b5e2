// Which program made a key, by CloudTrail's event history: for a rotation that has to tell its own key from a person's. Asked
// only then, and whoever may not read the history rotates all the same.
import type { Aws } from '../aws/contract.ts';
import { CredentialsError, KeyturnError } from '../errors.ts';
import { regionsMeant } from './regions-meant.ts';

/** As the program called itself; null where the history does not have the event yet, or cannot be read. */
export async function agentThatMade(
  aws: Pick<Aws, 'region' | 'regions' | 'trails'>,
  keyId: string,
  since: string,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    // The last of them is the one of IAM.
    const { regions } = await regionsMeant(undefined, aws);
    const trails = aws.trails(regions.at(-1) ?? 'us-east-1');
    for await (const { name, error, agent } of trails.lookup(
      { attribute: 'ResourceName', value: keyId },
      since,
      signal,
    )) {
      if (name === 'CreateAccessKey' && error === null) return agent;
    }
    return null;
  } catch (error) {
    if (!(error instanceof KeyturnError) || error instanceof CredentialsError) throw error;
    return null;
  }
}
