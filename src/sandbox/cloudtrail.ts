// CloudTrail: its event history, and trails as far as they are looked at; they are arranged, not created, and record nothing.
import { lookupEvents } from './cloudtrail-lookup.ts';
import { requiredText } from './iam-input.ts';
import { json } from './json.ts';
import type { Call, Operation, Service } from './service.ts';
import { ServiceError } from './service-error.ts';
import type { StoredTrail } from './trail.ts';

const operations: Record<string, Operation> = {
  LookupEvents: lookupEvents,

  DescribeTrails: {
    kind: 'read',
    access: (call) => [{ action: 'cloudtrail:DescribeTrails', resource: trailArn(call, '*') }],
    apply: (call) => ({
      trailList: call.world.trails.map(({ name, includesGlobalServices = true }) => ({
        Name: name,
        TrailARN: trailArn(call, name),
        HomeRegion: call.region,
        IsMultiRegionTrail: true,
        IncludeGlobalServiceEvents: includesGlobalServices,
      })),
    }),
  },

  GetTrailStatus: {
    kind: 'read',
    access: (call) => [onTrail(call, 'GetTrailStatus', 'Name')],
    apply: (call) => ({ IsLogging: trailIn(call, 'Name').isLogging }),
  },

  GetEventSelectors: {
    kind: 'read',
    access: (call) => [onTrail(call, 'GetEventSelectors', 'TrailName')],
    apply: (call) => {
      const everything = {
        EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [] }],
      };
      const { name, selectors = everything } = trailIn(call, 'TrailName');
      return { TrailARN: trailArn(call, name), ...selectors };
    },
  },
};

export const cloudTrail: Service = {
  name: 'cloudtrail',
  wire: json({ version: '1.1', message: 'Message', failure: 'InternalServiceError' }),
  operations,
};

function trailArn({ region, world }: Call, name: string): string {
  return `arn:aws:cloudtrail:${region}:${world.accountId}:trail/${name}`;
}

function onTrail(call: Call, operation: string, member: string) {
  return { action: `cloudtrail:${operation}`, resource: requiredText(call.params, member) };
}

function trailIn(call: Call, member: string): StoredTrail {
  const given = requiredText(call.params, member);
  const trail = call.world.trails.find(({ name }) => given === name || given === trailArn(call, name));
  if (trail) return trail;
  throw new ServiceError('TrailNotFoundException', 400, `Unknown trail: ${given}`);
}
