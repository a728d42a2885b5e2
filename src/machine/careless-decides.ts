// What an unknown word may lead to. A decide's last branch is taken by every word that nobody thought of, so it must
// not go towards the loss of anything: neither create, deliver, take away, nor give back.
import type { ActivityName, ParkName } from './context.ts';
import { edges, type Graph, type Node } from './graph.ts';

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
export function carelessDecides(graph: Graph): string[] {
  return edges(graph)
    .filter(({ kind, to }) => kind === 'otherwise' && leadsTowardsLoss(graph.nodes.get(to) as Node))
    .map(({ from, to }) => `${from}: otherwise ${to}`);
}

function leadsTowardsLoss(node: Node): boolean {
  return 'activity' in node && towardsLoss[node.activity];
}
