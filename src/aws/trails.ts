// CloudTrail's trails in keyturn's own words: whether anything records who changes access keys.
import type * as Sdk from '@aws-sdk/client-cloudtrail';
import { AccessDeniedError, NoSuchEntityError } from '../errors.ts';
import type { Trails } from './contract.ts';
import type { Lookup } from './event-history.ts';
import { translated } from './translate.ts';

interface Connected {
  sdk: typeof Sdk;
  client: Sdk.CloudTrailClient;
}

export function trailsOf(connect: () => Promise<Connected>, lookup: Lookup): Trails {
  const recordsIam = async (trail: string): Promise<boolean> => {
    const { sdk, client } = await connect();
    const { IsLogging } = await translated('cloudtrail:GetTrailStatus', () =>
      client.send(new sdk.GetTrailStatusCommand({ Name: trail })),
    );
    if (!IsLogging) return false;
    const { EventSelectors = [], AdvancedEventSelectors = [] } = await translated('cloudtrail:GetEventSelectors', () =>
      client.send(new sdk.GetEventSelectorsCommand({ TrailName: trail })),
    );
    return EventSelectors.some(selectsIam) || AdvancedEventSelectors.some(selectsIamToo);
  };

  return {
    lookup,
    ofIamChanges: async () => {
      const { sdk, client } = await connect();
      const { trailList = [] } = await translated('cloudtrail:DescribeTrails', () =>
        client.send(new sdk.DescribeTrailsCommand({ includeShadowTrails: true })),
      );
      const found: { recording: string[]; unclear: string[] } = { recording: [], unclear: [] };
      for (const { Name = '', TrailARN = Name, IncludeGlobalServiceEvents } of trailList) {
        if (!IncludeGlobalServiceEvents) continue;
        try {
          if (await recordsIam(TrailARN)) found.recording.push(Name);
        } catch (error) {
          // An organization's trail may be closed to its members.
          if (!(error instanceof AccessDeniedError || error instanceof NoSuchEntityError)) throw error;
          found.unclear.push(Name);
        }
      }
      return found;
    },
  };
}

function selectsIam({ IncludeManagementEvents, ReadWriteType }: Sdk.EventSelector): boolean {
  return IncludeManagementEvents === true && ReadWriteType !== 'ReadOnly';
}

/** Every field of a selector has to match: whatever it asks of another field than these may leave IAM out. */
function selectsIamToo({ FieldSelectors = [] }: Sdk.AdvancedEventSelector): boolean {
  const isManagement = FieldSelectors.some(
    ({ Field, Equals = [] }) => Field === 'eventCategory' && Equals.includes('Management'),
  );
  return isManagement && FieldSelectors.every(letsIamThrough);
}

function letsIamThrough({ Field, Equals, NotEquals = [], ...others }: Sdk.AdvancedFieldSelector): boolean {
  if (Field === 'eventCategory') return true;
  if (Object.values(others).some((asked) => asked !== undefined)) return false;
  if (Field === 'readOnly') return Equals?.includes('false') ?? !NotEquals.includes('false');
  if (Field === 'eventSource') return Equals?.includes('iam.amazonaws.com') ?? !NotEquals.includes('iam.amazonaws.com');
  return false;
}
