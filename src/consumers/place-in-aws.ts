// What the places in AWS have in common: a spec that pins the region and the names, and failures in the places' own words.
import { AccessDeniedError, ConsumerError, KeyturnError, NoSuchEntityError, UsageError } from '../errors.ts';
import type { Permission, Surroundings } from './contract.ts';

export interface PlaceOptions {
  id?: string;
  secret?: string;
  region?: string;
}

/** What stands before the first `#`, and the options behind it. Throws UsageError. */
export function splitPlace(kind: string, place: string): { name: string; options: PlaceOptions } {
  const [name = '', ...rest] = place.split('#');
  const options: Record<string, string> = {};
  for (const option of rest.join('#').split(',').filter(Boolean)) {
    const [key = '', ...value] = option.split('=');
    if (!['id', 'secret', 'region'].includes(key) || key in options || value.join('') === '') {
      throw new UsageError(`${kind}:${place}: "${option}" is no option of this place`, {
        hint: 'there are id=…, secret=… and region=…, each once',
      });
    }
    options[key] = unescaped(value.join('='));
  }
  if (options.region !== undefined && !/^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(options.region)) {
    throw new UsageError(`${kind}:${place}: "${options.region}" is no region`, { hint: 'like #region=eu-west-1' });
  }
  return { name, options };
}

export function joinPlace(name: string, options: PlaceOptions): string {
  const written = (['id', 'secret', 'region'] as const).flatMap((key) =>
    options[key] === undefined ? [] : [`${key}=${options[key].replace(/[%#,]/g, encodeURIComponent)}`],
  );
  return written.length > 0 ? `${name}#${written.join(',')}` : name;
}

/** These services are regional: unlike IAM's, their region is never guessed. */
export function neededRegion(spec: string, { region }: Pick<Surroundings, 'region'>): string {
  if (region) return region;
  throw new UsageError(`in which region is ${spec}?`, {
    hint: 'give --region or AWS_REGION, set the profile’s region, or write #region=eu-west-1 behind the place',
  });
}

/** Regions tell the partition (AWS General Reference, "ARN format"). */
export function partitionOfRegion(region: string | undefined): string {
  if (region?.startsWith('cn-')) return 'aws-cn';
  return region?.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Needed where a KMS key of one's own encrypts; the place does not say which. */
export function kmsPermission(service: string, region: string | undefined, operations: readonly string[]): Permission {
  const partition = partitionOfRegion(region);
  const where = region ?? '*';
  const domains = partition === 'aws-cn' ? ['amazonaws.com', 'amazonaws.com.cn'] : ['amazonaws.com'];
  return {
    actions: operations.map((name) => `kms:${name}`),
    resources: [`arn:${partition}:kms:${where}:*:key/*`],
    via: domains.map((domain) => `${service}.${where}.${domain}`),
  };
}

/** Whatever fails is this place's failure alone: other places are still written, or given their pair back. */
export async function asFailureOf<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConsumerError || !(error instanceof KeyturnError)) throw error;
    if (error instanceof NoSuchEntityError) {
      throw new ConsumerError(`${where} is not there: ${error.message}`, {
        hint: 'correct the name or the region; keyturn makes no place of its own in AWS',
        cause: error,
      });
    }
    const policy = error instanceof AccessDeniedError ? 'see keyturn policy rotate --to' : undefined;
    const hint = [error.hint, policy].filter(Boolean).join('; ') || undefined;
    throw new ConsumerError(`${where}: ${error.message}`, { hint, cause: error });
  }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
