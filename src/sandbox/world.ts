// Everything the sandbox's services share: the account's state, its settings, its clock.
import type { Clock } from '../clock.ts';
import type { PutMetric, StoredAlarm } from './alarm.ts';
import type { StoredBucket } from './bucket.ts';
import type { CredentialReports } from './credential-reports.ts';
import type { Directory } from './directory.ts';
import type { EventHistory } from './event-history.ts';
import type { Functions } from './functions.ts';
import type { LastUsed } from './last-used.ts';
import type { StoredParameter } from './parameter.ts';
import type { Propagation } from './propagation.ts';
import type { Random } from './random.ts';
import type { Records } from './records.ts';
import type { Roles } from './roles.ts';
import type { StoredSecret } from './secret.ts';
import type { Sessions } from './sessions.ts';
import type { Settings } from './settings.ts';
import type { SignIns } from './sign-ins.ts';
import type { Execution, StoredStateMachine } from './state-machine.ts';
import type { TaskTokens } from './task-tokens.ts';
import type { PublishedMessage, StoredTopic } from './topic.ts';
import type { StoredTrail } from './trail.ts';

export interface World {
  clock: Clock;
  accountId: string;
  random: Random;
  settings: Settings;
  directory: Directory;
  lastUsed: LastUsed;
  propagation: Propagation;
  roles: Roles;
  sessions: Sessions;
  signIns: SignIns;
  /** By the device's serial number. */
  mfaCodes: Map<string, string>;
  credentialReports: CredentialReports;
  /** By region and name. */
  secrets: Records<StoredSecret>;
  /** How the last rotation of a secret ends: `rotated`, or the step and error that ended it. */
  rotations: Map<string, Promise<string>>;
  parameters: Records<StoredParameter>;
  functions: Functions;
  /** By ARN, like the executions; those in the order in which they began. */
  stateMachines: Map<string, StoredStateMachine>;
  executions: Map<string, Execution>;
  taskTokens: TaskTokens;
  topics: Map<string, StoredTopic>;
  published: PublishedMessage[];
  /** By region and name. */
  alarms: Map<string, StoredAlarm>;
  metrics: PutMetric[];
  trails: StoredTrail[];
  history: EventHistory;
  /** When each region's history was asked within the last second. */
  lookups: Map<string, number[]>;
  buckets: Map<string, StoredBucket>;
}
