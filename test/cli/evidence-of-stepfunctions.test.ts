// keyturn evidence of rotations that Step Functions ran, in whole or from the hand-over on: the same document, and what it lacks.
import { describe, expect, test } from 'vitest';
import type { Proof } from '../../src/audit/evidence.ts';
import type { RotationDocument } from '../../src/cli/rotation-document.ts';
import { openCloudDesk } from '../support/cloud-desk.ts';

type Evidence = RotationDocument & Proof & { notes: string[] };

const none = 'what Step Functions ran has no requests here';

describe('evidence of what Step Functions ran', () => {
  test('has its decisions, plan, exceptions and controls, and says that there are no request ids', async () => {
    const desk = await openCloudDesk({ shipped: { quietFor: '20m', grace: '20m', unproven: 'proceed' } });
    const { rotation } = (await desk.run('rotate --user alice --engine stepfunctions --yes --json')).json();
    await desk.run(`proceed ${rotation} --yes`);
    await desk.run(`proceed ${rotation} --delete-now --yes --wait`);

    const [one, several] = [
      await desk.run(`evidence ${rotation}`),
      await desk.run('evidence --since 30d --engine stepfunctions'),
    ];

    const found = JSON.parse(one.stdout) as Evidence;
    expect(found).toMatchObject({ rotation, engine: 'stepfunctions', outcome: 'rotated', requests: [], callers: [] });
    expect(found.policy).toMatchObject({ user: 'alice', quietFor: 1200, grace: 1200 });
    expect(found.overrides.map(({ what }) => what)).toEqual(expect.arrayContaining(['proceed', 'deleteNow']));
    expect(found.controls.every(({ satisfied }) => satisfied)).toBe(true);
    expect(found.notes.join('\n')).toContain(none);
    expect((JSON.parse(several.stdout) as { rotations: Evidence[] }).rotations).toMatchObject([{ rotation }]);
  });

  test('has the requests of the half that was run here, after a hand-over', async () => {
    const desk = await openCloudDesk();
    const id = await desk.waiting();
    await desk.run(`handoff ${id} --yes --json`);

    const found = JSON.parse((await desk.run(`evidence ${id}`)).stdout) as Evidence;

    const changing = found.requests.filter(({ action }) => action === 'iam:CreateAccessKey');
    expect(changing).toMatchObject([{ state: 'createKey', status: 200 }]);
    expect(found.notes.join('\n')).toContain(none);
    expect(found.controls.some(({ satisfied }) => satisfied)).toBe(false);
  });
});
