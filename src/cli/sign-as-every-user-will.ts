// Before anything is asked that is not about one rotation alone: any open one may be of the very key that signs (S17).
import { isOpen } from './pick-rotation.ts';
import { type Session, signAsTheUserWill } from './session.ts';

export async function signAsEveryUserWill(session: Session): Promise<void> {
  const { records } = await session.store.list();
  for (const record of records.filter(isOpen)) await signAsTheUserWill(session, record);
}
