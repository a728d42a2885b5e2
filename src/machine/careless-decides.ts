// What an unknown word may lead to. A decide's last branch is taken by every word that nobody thought of, so it must
// not go towards the loss of anything: neither create, deliver, take away, nor give back.
import type { ActivityName, ParkName } from './context.ts';
import type { Graph } from './graph.ts';

/** Whether a state that runs this goes on towards a loss, so that only a word said on purpose may lead there. */
const towardsLoss: Record<ActivityName | ParkName, boolean> = {
  claimUser: true,
  inspectKeys: false,
  preflightConsumers: true,
  freeSlot: true,
  createKey: true,
  verifyNewKey: false,
  deliverKey: true,
  checkOldKeyUse: false,
  awaitQuiet: false,
  deactivateKey: true,
  checkHealth: false,
  noteMissedLook: false,
  awaitGrace: false,
  awaitNextLook: false,
  deleteKey: true,
  reactivateKey: false,
  verifyOldKey: false,
  restoreConsumers: true,
  removeNewKey: true,
  releaseUser: false,
};

/** The decides whose last branch leads towards a loss, each with where it leads; empty for a careful machine. */
export function carelessDecides({ nodes }: Graph): string[] {
  return [...nodes].flatMap(([name, node]) => {
    if (node.word !== 'decide') return [];
    const next = nodes.get(node.otherwise);
    return next && 'activity' in next && towardsLoss[next.activity] ? [`${name}: otherwise ${node.otherwise}`] : [];
  });
}
