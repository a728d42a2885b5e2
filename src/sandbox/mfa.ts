// MFA codes as STS takes them. A device is only as strict as it was arranged to be: without a code of its own it takes any.
import { optionalText } from './iam-input.ts';
import type { Call } from './service.ts';
import { constraintError, ServiceError } from './service-error.ts';

/** Whether the request proves MFA; throws AccessDenied on a code that is not the device's. */
export function provesMfa({ params, world }: Call): boolean {
  const serial = optionalText(params, 'SerialNumber');
  const code = optionalText(params, 'TokenCode');
  if (serial === undefined || code === undefined) return false;
  if (code.length !== 6) {
    const bound = code.length < 6 ? 'greater' : 'less';
    throw constraintError(code, 'tokenCode', `have length ${bound} than or equal to 6`);
  }
  if (!/^\d+$/.test(code)) throw constraintError(code, 'tokenCode', 'satisfy regular expression pattern: [\\d]*');
  if ((world.mfaCodes.get(serial) ?? code) === code) return true;
  throw new ServiceError('AccessDenied', 403, 'MultiFactorAuthentication failed with invalid MFA one time pass code. ');
}
