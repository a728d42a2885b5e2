// keyturn policy: what it prints is enough, and each action of it is needed or its lack does no harm.
import { describe, expect, test } from 'vitest';
import { actionsOf } from '../../src/cli/command-permissions.ts';
import { commandTable } from '../../src/cli/command-table.ts';
import { openDesk } from '../support/cli.ts';
import { printed, without } from '../support/printed-policy.ts';
import { errorShape } from '../support/shape.ts';

describe('keyturn policy prints', () => {
  const claimsAlone = {
    'ForAllValues:StringLike': { 'aws:TagKeys': ['keyturn:claim:*'] },
    Null: { 'aws:TagKeys': 'false' },
  };

  test('S32 for rotate what all its activities need, tags only where they are claims', async () => {
    const document = await printed('policy rotate --user arn:aws:iam::123456789012:user/team/alice');

    const Resource = ['arn:aws:iam::123456789012:user/team/alice'];
    expect(document).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Look',
          Effect: 'Allow',
          Action: [
            'iam:GetAccessKeyLastUsed',
            'iam:GetUser',
            'iam:ListAccessKeys',
            'iam:ListAttachedUserPolicies',
            'iam:ListUserTags',
          ],
          Resource,
        },
        {
          Sid: 'ChangeKeys',
          Effect: 'Allow',
          Action: ['iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:UpdateAccessKey'],
          Resource,
        },
        { Sid: 'Claim', Effect: 'Allow', Action: ['iam:TagUser', 'iam:UntagUser'], Resource, Condition: claimsAlone },
      ],
    });
  });

  test('for every command, or says that it needs nothing', () => {
    const unsaid = commandTable.filter(({ name }) => actionsOf(name) === undefined);

    expect(commandTable.length).toBeGreaterThan(10);
    expect(unsaid).toEqual([]);
  });

  const look = ['iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys'];
  const lookAtUser = ['iam:GetAccessKeyLastUsed', 'iam:GetUser', 'iam:ListAccessKeys', 'iam:ListUserTags'];
  const quarantine = 'iam:ListAttachedUserPolicies';
  const lookAtAll = [...lookAtUser.slice(0, 3), quarantine, 'iam:ListUserTags'];
  const claim = ['iam:TagUser', 'iam:UntagUser'];
  const change = ['iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:UpdateAccessKey'];

  test.each([
    ['', [lookAtAll, change, claim]],
    [' resume', [lookAtAll, change, claim]],
    [' proceed', [lookAtAll, change, claim]],
    [' retire', [lookAtAll, ['iam:DeleteAccessKey', 'iam:UpdateAccessKey'], claim]],
    [' rollback', [lookAtUser, ['iam:DeleteAccessKey', 'iam:UpdateAccessKey'], claim]],
    [' rollback --only-reactivate', [look, ['iam:UpdateAccessKey']]],
    [' status', [look]],
    [' release', [lookAtUser, claim]],
    [' rotate --to credentials-file:default', [lookAtAll, change, claim]],
    [' rotate --json', [lookAtAll, change, claim]],
    [' rotate --probe http:https://example.com/ --probe exec:true', [lookAtAll, change, claim]],
    [' rotate --probe alarm:a --probe alarm:b', [lookAtAll, change, claim, ['cloudwatch:DescribeAlarms']]],
  ])('the actions of keyturn%s', async (command, actions) => {
    const { Statement } = await printed(`policy${command}`);

    expect(Statement.map(({ Action }) => Action)).toEqual(actions);
  });

  test.each([
    ['', ['arn:aws:iam::*:user/*']],
    [' --user alice', ['arn:aws:iam::*:user/alice', 'arn:aws:iam::*:user/*/alice']],
    [' --user /team/web/alice', ['arn:aws:iam::*:user/team/web/alice']],
    [' --user arn:aws:iam::123456789012:user/alice', ['arn:aws:iam::123456789012:user/alice']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM's policy language
    [' --user ${aws:username}', ['arn:aws:iam::*:user/${aws:username}', 'arn:aws:iam::*:user/*/${aws:username}']],
    [' --region cn-north-1', ['arn:aws-cn:iam::*:user/*']],
    [' --region us-gov-west-1', ['arn:aws-us-gov:iam::*:user/*']],
  ])('the users of keyturn policy%s', async (flags, users) => {
    const { Statement } = await printed(`policy status${flags}`);

    expect(Statement.map(({ Resource }) => Resource)).toEqual([users]);
  });

  test.each([
    ['rotat', 'there is no command rotat', 'did you mean rotate?'],
    ['nonsense', 'there is no command nonsense', 'the commands are rotate, resume'],
    ['constructor', 'there is no command constructor', 'the commands are'],
    ['demo', 'keyturn demo needs no permission', 'it asks nothing of your AWS account'],
    ['rotate --only-reactivate', '--only-reactivate belongs to rollback', 'keyturn policy rollback --only-reactivate'],
    ['rotate --user *', '--user: "*" is neither the name nor the ARN of a user', 'like --user alice'],
    ['rotate --user al*', '--user: "al*" is neither', 'like --user alice'],
    ['rotate --to nonsense:x', 'there is no consumer kind nonsense', 'there are: '],
    ['status --to credentials-file:default', '--to narrows nothing for keyturn status', 'leave it out'],
    ['retire --vault secretsmanager', '--vault adds nothing for keyturn retire', 'leave it out'],
    ['rollback --only-reactivate --vault secretsmanager', '--vault adds nothing for keyturn rollback', 'leave it out'],
    ['rollback --probe alarm:a', '--probe adds nothing for keyturn rollback', 'leave it out'],
    ['rotate --probe nonsense:x', 'there is no probe of the kind "nonsense"', 'the kinds are '],
    ['rotate --vault nonsense', 'there is no vault nonsense', 'there are: '],
  ])('nothing for %s', async (command, message, hint) => {
    const desk = await openDesk();

    const { code, json } = await desk.run(`policy ${command} --json`);

    expect(code).toBe(2);
    expect(json()).toEqual(errorShape);
    expect(json().error.message).toContain(message);
    expect(json().error.hint).toContain(hint);
  });
});

describe('S32 with exactly the printed policy', () => {
  test.each(['rotate', 'resume', 'proceed'])('of %s a rotation comes to its end', async (command) => {
    const desk = await openDesk({ policies: [await printed(`policy ${command} --user alice`)] });

    const begun = (await desk.run(`rotate --user alice --to ${desk.place} --yes --json`)).json();
    await desk.pass(60);
    const inactive = (await desk.run('resume --json')).json();
    const ended = await desk.run('proceed --delete-now --yes --json');

    expect([begun.state, inactive.state, ended.json().outcome]).toEqual(['awaitQuiet', 'awaitGrace', 'rotated']);
    expect(desk.left()).toMatchObject({ keys: ['new Active'], claims: 0, vault: [], holds: 'new' });
  });

  test('of rollback the way back goes to its end', async () => {
    const desk = await openDesk();
    const rotation = await desk.waiting('awaitGrace');
    const operator = desk.account.createUser({
      name: 'operator',
      policies: [await printed('policy rollback --user alice')],
      keys: [{}],
    }).keys[0];
    desk.canary.guard(...(operator ? [operator] : []));
    desk.env.AWS_ACCESS_KEY_ID = operator?.accessKeyId;
    desk.env.AWS_SECRET_ACCESS_KEY = operator?.secretAccessKey;

    const { code, json } = await desk.run(`rollback ${rotation} --json`);

    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'rolledBack' });
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: 0, holds: 'old' });
  });

  test('S1 of rollback --only-reactivate a key comes back, and the list shows it', async () => {
    const desk = await openDesk({
      keys: [{ status: 'Inactive' }],
      lastUsed: null,
      policies: [await printed('policy rollback --only-reactivate --user alice')],
    });

    const { code, json, stderr } = await desk.run(
      `rollback --only-reactivate --user alice --key ${desk.ids[0]} --json`,
    );

    expect(code).toBe(0);
    expect(json().keys).toMatchObject([{ id: desk.ids[0], status: 'Active' }]);
    expect(stderr).toBe('');
  });

  test('of retire the old key is retired', async () => {
    const keys = [{ createdAt: '2026-06-01T08:00:00Z' }, { createdAt: '2026-12-01T08:00:00Z' }];
    const desk = await openDesk({ keys, policies: [await printed('policy retire --user alice')] });

    await desk.run(`retire --user alice --key ${desk.ids[0]} --new-key ${desk.ids[1]} --yes --json`);
    await desk.pass(60);
    await desk.run('resume --json');
    const { json } = await desk.run('proceed --delete-now --yes --json');

    expect(json()).toMatchObject({ outcome: 'rotated' });
    expect(desk.left()).toMatchObject({ keys: ['other Active'], claims: 0 });
  });

  test('of status and release these two say all they have to say', async () => {
    const keys = [{ createdAt: '2026-06-01T08:00:00Z' }];
    const status = await openDesk({ keys, policies: [await printed('policy status')] });
    const release = await openDesk({ keys, policies: [await printed('policy release --user alice')] });
    release.account.setTags('alice', {
      'keyturn:claim:rot-dead': 'since=2026-12-01T00:00:00Z n=1 step=claimUser at=2026-12-01T00:00:00Z',
    });

    const shown = await status.run('status --json');
    const released = await release.run('release --user alice --yes --json');

    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(released.code).toBe(0);
    expect(release.left().claims).toBe(0);
  });

  test('no other tag may be written, and no other user touched', async () => {
    const desk = await openDesk({ policies: [await printed('policy --user alice')] });
    const bob = desk.account.createUser({ name: 'malice', keys: [{}] }).keys[0];
    desk.canary.guard(...(bob ? [bob] : []));

    const { code, json } = await desk.run(`rotate --user malice --to ${desk.place} --yes --json`);

    expect(code).toBe(3);
    expect(json().error).toMatchObject({ name: 'AccessDeniedError' });
    expect(json().error.message).toContain('iam:GetUser is denied');
  });
});

describe('one action less, and rotate stops where both keys are safe, naming it:', () => {
  test.each([
    ['iam:GetUser', 3, 'old Active', 'old'],
    ['iam:ListAccessKeys', 3, 'old Active', 'old'],
    ['iam:GetAccessKeyLastUsed', 3, 'old Active', 'old'],
    ['iam:TagUser', 3, 'old Active', 'old'],
    ['iam:CreateAccessKey', 3, 'old Active', 'old'],
    ['iam:UpdateAccessKey', 5, 'old Active, new Active', 'new'],
    ['iam:DeleteAccessKey', 5, 'old Inactive, new Active', 'new'],
  ])('%s', async (action, exit, keys, holds) => {
    const desk = await openDesk({ policies: [without(action, await printed('policy rotate --user alice'))] });

    const ends = await rotateToTheEnd(desk);

    const last = ends.at(-1);
    expect(last?.code).toBe(exit);
    expect(last?.stderr).toContain(`error: ${action} is denied`);
    expect(last?.stderr.split('hint: ')[1]).not.toBe('');
    expect(desk.left()).toMatchObject({ keys: keys.split(', '), holds });
  });

  test.each([
    ['iam:ListUserTags', 'GetUser tells the tags where AWS has any', 0],
    ['iam:ListAttachedUserPolicies', 'what cannot be seen there blocks no way back', 0],
    ['iam:UntagUser', 'the claim stays as a tag that says released', 1],
  ])('but not %s: %s', async (action, _, tags) => {
    const desk = await openDesk({ policies: [without(action, await printed('policy rotate --user alice'))] });

    const ends = await rotateToTheEnd(desk);

    expect(ends.at(-1)?.json()).toMatchObject({ outcome: 'rotated' });
    expect(desk.left()).toMatchObject({ keys: ['new Active'], claims: tags, vault: [], holds: 'new' });
  });
});

/** Each command in turn until one does not come to a good end. */
async function rotateToTheEnd(desk: Awaited<ReturnType<typeof openDesk>>) {
  const ends = [await desk.run(`rotate --user alice --to ${desk.place} --yes --json`)];
  for (const command of ['resume --json', 'resume --json']) {
    if (ends.at(-1)?.code !== 0) return ends;
    await desk.pass(24 * 8);
    ends.push(await desk.run(command));
  }
  return ends;
}
