// The sweep's map as somebody else's Step Functions carries it out: the list comes from the bucket, one child for each user.
// In place of the functions stand states that only pass on, for what is asked here is the definition.
import { readFileSync } from 'node:fs';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, onTestFinished, test } from 'vitest';
import { clientFor, starts } from './servers.ts';

test('MiniStack reads the list from the bucket and gives every user a turn', async () => {
  const { run } = await open();
  const users = Array.from({ length: 30 }, (_, index) => ({ name: `user-${index}`, keys: null }));

  const turns = await run(users);

  expect(turns).toHaveLength(30);
  expect(turns[7]).toEqual({ folder: 'sweep/2026-12-06/run', user: { name: 'user-7', keys: null } });
});

async function open() {
  const emulator = await starts.MiniStack();
  onTestFinished(emulator.close);
  const given = clientFor(emulator);
  const [iam, s3, sfn] = [new IAMClient(given), new S3Client({ ...given, forcePathStyle: true }), new SFNClient(given)];
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'sweep', AssumeRolePolicyDocument }));
  await s3.send(new CreateBucketCommand({ Bucket: 'records' }));
  const machine = new CreateStateMachineCommand({ name: 'sweep', roleArn: Role?.Arn, definition: definition() });
  const { stateMachineArn } = await sfn.send(machine);

  return {
    run: async (users: unknown[]): Promise<unknown[]> => {
      const folder = 'sweep/2026-12-06/run';
      const list = { bucket: 'records', folder, users: `${folder}/users.json`, count: users.length };
      await s3.send(new PutObjectCommand({ Bucket: 'records', Key: list.users, Body: JSON.stringify(users) }));
      const input = JSON.stringify(list);
      const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'run', input }));
      let found: DescribeExecutionOutput;
      do found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      while (found.status === 'RUNNING');
      expect(found).toMatchObject({ status: 'SUCCEEDED' });
      return JSON.parse(found.output ?? '{}').turns;
    },
  };
}

/** The checked-in one; what the map makes of its items is kept, to be looked at. */
function definition(): string {
  const { States, ...rest } = JSON.parse(
    readFileSync(new URL('../../statemachine/sweep.asl.json', import.meta.url), 'utf8'),
  );
  const { decideForEach } = States;
  const decide = { Type: 'Pass', End: true };
  const ItemProcessor = { ...decideForEach.ItemProcessor, States: { decide } };
  return JSON.stringify({
    ...rest,
    States: {
      ...States,
      listUsers: { Type: 'Pass', Next: States.listUsers.Next },
      decideForEach: { ...decideForEach, ItemProcessor, ResultPath: '$.turns' },
      report: { Type: 'Pass', End: true },
    },
  });
}
