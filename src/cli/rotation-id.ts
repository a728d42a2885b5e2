// A rotation's id: short enough to type, and with letters and digits that are not mistaken for one another.
import { randomInt } from 'node:crypto';

const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Ten characters: of a million rotations, two share an id with a chance of less than one in a thousand. */
export function newRotationId(): string {
  return `rot-${Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join('')}`;
}
