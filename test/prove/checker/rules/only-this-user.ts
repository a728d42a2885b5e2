// Nobody's keys are changed but the user's: root's never, and no other user's.
import type { RequestEvent } from '../../../../src/sandbox/index.ts';
import type { Broken, Watched } from '../contract.ts';

const keyChanges = ['CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey'];

export function isKeyChange({ service, operation }: RequestEvent): boolean {
  return service === 'iam' && keyChanges.includes(operation);
}

/** Whose keys the request changes: without a name its signer's own. */
export function onlyThisUser(event: RequestEvent, { user }: Watched): Broken[] {
  const { params, principal, operation } = event;
  const whose = String(params.UserName ?? principal?.userName ?? 'root');
  if (!isKeyChange(event) || whose.toLowerCase() === user.toLowerCase()) return [];
  const what = `${operation} for ${whose}, and the rotation is about ${user}`;
  return [{ rule: 'only this user', subject: what, what }];
}
