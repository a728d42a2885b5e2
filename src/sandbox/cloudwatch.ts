// CloudWatch: alarms whose state is set by hand, and metrics that are taken. It measures nothing.
import type { StoredAlarm } from './alarm.ts';
import { optionalText, requiredText } from './iam-input.ts';
import { epochSeconds, json } from './json.ts';
import { page, textsIn } from './json-input.ts';
import type { Call, Operation, Service } from './service.ts';
import { constraintError, ServiceError } from './service-error.ts';

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

interface Datum {
  MetricName: string;
  Value?: number;
  Dimensions?: { Name: string; Value: string }[];
}

const operations: Record<string, Operation> = {
  PutMetricAlarm: {
    kind: 'change',
    access: onAlarm,
    apply: (call) => {
      const { AlarmName, ...settings } = call.params;
      const existing = call.world.alarms.get(key(call));
      keep(call, {
        arn: alarmArn(call, requiredText(call.params, 'AlarmName')),
        region: call.region,
        name: String(AlarmName),
        settings,
        state: existing?.state ?? 'INSUFFICIENT_DATA',
        reason: existing?.reason ?? 'Unchecked: Initial alarm creation',
        changedAt: existing?.changedAt ?? call.world.clock.now(),
      });
      return {};
    },
  },

  SetAlarmState: {
    kind: 'change',
    access: onAlarm,
    apply: (call) => {
      const alarm = call.world.alarms.get(key(call));
      if (!alarm) throw new ServiceError('ResourceNotFound', 404, '');
      const state = requiredText(call.params, 'StateValue');
      if (!states.includes(state)) {
        throw constraintError(state, 'stateValue', 'satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]');
      }
      const reason = requiredText(call.params, 'StateReason');
      keep(call, { ...alarm, state, reason, changedAt: call.world.clock.now() });
      return {};
    },
  },

  DescribeAlarms: {
    kind: 'read',
    access: (call) => {
      // "You can't return information about composite alarms if your permission has a narrower scope" (DescribeAlarms).
      const composite = textsIn(call.params, 'AlarmTypes').includes('CompositeAlarm');
      return [{ action: 'cloudwatch:DescribeAlarms', resource: composite ? '*' : alarmArn(call, '*') }];
    },
    apply: (call) => {
      const { params, world, region } = call;
      const names = textsIn(params, 'AlarmNames');
      const types = textsIn(params, 'AlarmTypes');
      const state = optionalText(params, 'StateValue');
      const found = [...world.alarms.values()]
        .filter(() => types.length === 0 || types.includes('MetricAlarm'))
        .filter((one) => one.region === region && one.name.startsWith(optionalText(params, 'AlarmNamePrefix') ?? ''))
        .filter((one) => names.length === 0 || names.includes(one.name))
        .filter((one) => state === undefined || one.state === state)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const badToken = () => new ServiceError('InvalidNextToken', 400, 'The next token specified is invalid.');
      const asked = { ...call, params: { MaxResults: params.MaxRecords, NextToken: params.NextToken } };
      const { items, ...more } = page(asked, found, { most: 100, preset: 50, idOf: ({ name }) => name, badToken });
      return { MetricAlarms: items.map(shown), CompositeAlarms: [], ...more };
    },
  },

  PutMetricData: {
    kind: 'change',
    access: ({ params }) => {
      const context = { 'cloudwatch:namespace': [requiredText(params, 'Namespace')] };
      return [{ action: 'cloudwatch:PutMetricData', resource: '*', context }];
    },
    apply: ({ params, world }) => {
      const namespace = requiredText(params, 'Namespace');
      for (const { MetricName, Value, Dimensions = [] } of (params.MetricData ?? []) as Datum[]) {
        const dimensions = Object.fromEntries(Dimensions.map((one) => [one.Name, one.Value]));
        world.metrics.push({ namespace, name: MetricName, value: Value ?? null, dimensions });
      }
      return {};
    },
  },
};

export const cloudWatch: Service = {
  name: 'monitoring',
  wire: json({ version: '1.0', message: 'message', failure: 'InternalServiceFault' }),
  operations,
};

function alarmArn({ region, world }: Call, name: string): string {
  return `arn:aws:cloudwatch:${region}:${world.accountId}:alarm:${name}`;
}

function onAlarm(call: Call) {
  const resource = alarmArn(call, requiredText(call.params, 'AlarmName'));
  return [{ action: `cloudwatch:${call.operation}`, resource }];
}

function key({ region, params }: Call): string {
  return `${region} ${requiredText(params, 'AlarmName')}`;
}

function keep(call: Call, alarm: StoredAlarm): void {
  call.world.alarms.set(key(call), alarm);
}

function shown({ arn, name, settings, state, reason, changedAt }: StoredAlarm): Record<string, unknown> {
  return {
    ActionsEnabled: true,
    ...settings,
    AlarmName: name,
    AlarmArn: arn,
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: epochSeconds(changedAt),
  };
}
