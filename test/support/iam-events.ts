// Changes to access keys as CloudTrail records them and EventBridge hands them over (CloudTrail User Guide, "record contents";
// IAM User Guide, "logging with CloudTrail").

interface Given {
  /** Whose key; null for the root user's. */
  user: string | null;
  keyId?: string;
  userAgent?: string;
  /** The user does it: the request then names nobody. */
  self?: true;
  /** The role that does it; by default an administrator's. */
  role?: string;
  status?: string;
}

const accountId = '123456789012';
const key = 'AKIAIOSFODNN7EXAMPLE';

export function createKeyEvent(given: Given) {
  const { user, keyId = key, self } = given;
  return event('CreateAccessKey', given, {
    requestParameters: user === null || self ? null : { userName: user },
    responseElements: {
      accessKey: {
        ...(user === null ? {} : { userName: user }),
        accessKeyId: keyId,
        status: 'Active',
        createDate: 'Dec 6, 2026, 10:00:00 AM',
      },
    },
  });
}

export function updateKeyEvent(given: Given) {
  const { user, keyId = key, status } = given;
  return event('UpdateAccessKey', given, {
    requestParameters: { userName: user ?? undefined, status, accessKeyId: keyId },
    responseElements: null,
  });
}

export function deleteKeyEvent(given: Given) {
  const { user, keyId = key } = given;
  return event('DeleteAccessKey', given, {
    requestParameters: { userName: user ?? undefined, accessKeyId: keyId },
    responseElements: null,
  });
}

export const scheduled = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: accountId,
  time: '2026-12-06T10:00:00Z',
  region: 'us-east-1',
  resources: ['arn:aws:events:us-east-1:123456789012:rule/daily'],
  detail: {},
};

function event<Rest extends object>(eventName: string, given: Given, rest: Rest) {
  const { userAgent = 'aws-cli/2.32.0' } = given;
  return {
    version: '0',
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.iam',
    account: accountId,
    time: '2026-12-06T10:00:00Z',
    region: 'us-east-1',
    resources: [],
    detail: {
      eventVersion: '1.11',
      userIdentity: identity(given),
      eventTime: '2026-12-06T10:00:00Z',
      eventSource: 'iam.amazonaws.com',
      eventName,
      awsRegion: 'us-east-1',
      sourceIPAddress: '192.0.2.10',
      userAgent,
      ...rest,
      requestID: '9b0c4f7e-0000-4000-8000-abcdef012345',
      eventID: '4a3f2c1d-0000-4000-8000-abcdef012345',
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: accountId,
      eventCategory: 'Management',
    },
  };
}

function identity({ user, self, role = 'admin' }: Given) {
  if (user === null) {
    return { type: 'Root', principalId: accountId, arn: `arn:aws:iam::${accountId}:root`, accountId };
  }
  if (self) {
    const arn = `arn:aws:iam::${accountId}:user/${user}`;
    return { type: 'IAMUser', principalId: 'AIDAEXAMPLE', arn, accountId, accessKeyId: key, userName: user };
  }
  const session = role === 'admin' ? 'mallory' : 'function';
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${session}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role.split('/').at(-1)}/${session}`,
    accountId,
    accessKeyId: 'ASIAEXAMPLE',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLE',
        arn: `arn:aws:iam::${accountId}:role/${role}`,
        accountId,
        userName: role.split('/').at(-1),
      },
      attributes: { creationDate: '2026-12-06T09:59:00Z', mfaAuthenticated: 'false' },
    },
  };
}
