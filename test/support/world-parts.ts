// What a world writes down and reads back: a record that nothing was done with yet, and a credentials file.
import type { RotationRecord } from '../../src/engine/contract.ts';
import type { RotationContext } from '../../src/machine/context.ts';

export function newRecord(context: RotationContext): RotationRecord {
  const { rotation, plan } = context;
  return {
    schema: 1,
    rotation,
    engine: 'local',
    createdAt: plan.startedAt,
    context,
    state: 'begin',
    running: false,
    park: null,
    parks: 0,
    answered: 0,
    outcome: null,
    history: [],
  };
}

export function filledIn(template: string, key: { accessKeyId: string; secretAccessKey: string }): string {
  return template.replaceAll('{id}', key.accessKeyId).replaceAll('{secret}', key.secretAccessKey);
}

/** Profile and key id, as a reader of the file would find them. */
export function heldIn(text: string): [profile: string, id: string][] {
  let profile = '';
  return text.split(/\r?\n/).flatMap((line): [string, string][] => {
    profile = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim() ?? profile;
    const id = /^\s*aws_access_key_id\s*=\s*(\S+)/i.exec(line)?.[1];
    return id ? [[profile, id]] : [];
  });
}
