// Claims: the tags by which a rotation tells everybody, on whatever machine, that a user is being rotated. Read here only as
// far as an audit needs them; one that cannot be read still counts as an open rotation.
import type { OpenRotation } from './contract.ts';

const prefix = 'keyturn:claim:';

/** Of a user's tags; a claim that was given back counts no more. */
export function claimedRotations(tags: Readonly<Record<string, string>>): OpenRotation[] {
  return Object.entries(tags)
    .filter(([key, value]) => key.startsWith(prefix) && !value.startsWith('released'))
    .map(([key, value]) => {
      const { since = '', keys = '', step = '', at = '', off } = fieldsOf(value);
      const [oldKey = null, newKey = null] = keys.split('/').filter(Boolean);
      return {
        rotation: key.slice(prefix.length),
        engine: null,
        oldKey,
        newKey,
        since,
        deliveredAt: null,
        deactivatedAt: off ?? null,
        standing: 'claimed',
        reason: step ? `claimed in AWS; its last step was ${step} at ${at}` : 'claimed in AWS',
      };
    });
}

function fieldsOf(value: string): Record<string, string | undefined> {
  return Object.fromEntries(value.split(' ').map((part) => part.split('=', 2)));
}
