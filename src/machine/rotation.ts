// The whole procedure, start to end: read this first. It is plain data in the closed vocabulary of vocabulary.ts, run by
// the local engine as an xstate machine and by AWS Step Functions as the ASL that asl.ts makes of it.
// Guards only compare words; every judgement is made by the activity that returned the word.
import { begin, decide, end, otherwise, park, run, when, words } from './vocabulary.ts';

export const rotation = words.createMachine({
  id: 'rotation',
  initial: 'begin',
  context: ({ input }) => input,
  states: {
    // Nothing is changed; the input says whose key, why, and what an earlier run already did.
    begin: begin('claimUser'),
    // The user carries this rotation's claim tag; a second rotation of the same user withdraws.
    claimUser: run('claimUser', 'inspectKeys', 'releaseUser'),
    // Keys untouched: AWS is looked at afresh, and with the record says where to go on.
    inspectKeys: run('inspectKeys', 'whereToGoOn', 'releaseUser'),
    whereToGoOn: decide(
      when('inspectKeys.verdict', 'create', 'preflightConsumers'),
      when('inspectKeys.verdict', 'verify', 'verifyNewKey'),
      when('inspectKeys.verdict', 'deliver', 'deliverKey'),
      when('inspectKeys.verdict', 'watch', 'checkOldKeyUse'),
      when('inspectKeys.verdict', 'grace', 'checkHealth'),
      when('inspectKeys.verdict', 'rollBack', 'reactivateToRollBack'),
      otherwise('releaseUser'),
    ),

    // Keys untouched: every place proves that it can take a key; the old pair is kept in the vault for a roll back.
    preflightConsumers: run('preflightConsumers', 'freeSlot', 'releaseUser'),
    // Keys untouched, or one inactive key removed that was named for it.
    freeSlot: run('freeSlot', 'createKey', 'releaseUser'),
    // Old key active; a second key exists and its secret lies in the vault, or no second key exists.
    createKey: run('createKey', 'verifyNewKey', 'releaseUser'),
    // Both keys active; every place still holds the old one.
    verifyNewKey: run('verifyNewKey', 'newKeyTrust', 'stuck'),
    newKeyTrust: decide(
      when('verifyNewKey.verdict', 'accepted', 'deliverKey'),
      when('verifyNewKey.verdict', 'rejected', 'reactivateToRollBack'),
      otherwise('stuck'),
    ),
    // Both keys active; each place holds one of them.
    deliverKey: run('deliverKey', 'delivery', 'stuck'),
    delivery: decide(
      when('deliverKey.verdict', 'delivered', 'checkOldKeyUse'),
      when('deliverKey.verdict', 'failed', 'reactivateToRollBack'),
      otherwise('stuck'),
    ),

    // Both keys active; every place holds the new one; is the old one still used by anybody?
    checkOldKeyUse: run('checkOldKeyUse', 'oldKeyUse', 'stuck'),
    oldKeyUse: decide(
      when('checkOldKeyUse.verdict', 'quiet', 'deactivateKey'),
      when('checkOldKeyUse.verdict', 'busy', 'awaitQuiet'),
      when('checkOldKeyUse.verdict', 'gone', 'releaseUser'),
      otherwise('stuck'),
    ),
    // Both keys active; waiting for the moment at which the old key can next be known to be quiet, or overdue.
    awaitQuiet: park('awaitQuiet', 'checkOldKeyUse', 'quietSignal', 'stuck'),
    quietSignal: decide(
      when('awaitQuiet.signal', 'proceed', 'deactivateKey'),
      when('awaitQuiet.signal', 'rollBack', 'reactivateToRollBack'),
      otherwise('checkOldKeyUse'),
    ),
    // The old key goes from active to inactive; one command brings it back.
    deactivateKey: run('deactivateKey', 'checkHealth', 'stuck'),

    // Old key inactive: does everything still work?
    checkHealth: run('checkHealth', 'health', 'noteMissedLook'),
    health: decide(
      when('checkHealth.verdict', 'healthy', 'awaitGrace'),
      when('checkHealth.verdict', 'passed', 'deleteKey'),
      when('checkHealth.verdict', 'failing', 'reactivateToWatch'),
      when('checkHealth.verdict', 'reactivated', 'checkOldKeyUse'),
      when('checkHealth.verdict', 'gone', 'releaseUser'),
      when('checkHealth.verdict', 'hold', 'stuck'),
      otherwise('reactivateToStop'),
    ),
    // Old key inactive; waiting for the next look, or the end of the grace.
    awaitGrace: park('awaitGrace', 'checkHealth', 'graceSignal', 'stuck'),
    graceSignal: decide(
      when('awaitGrace.signal', 'elapsed', 'checkHealth'),
      when('awaitGrace.signal', 'proceed', 'deleteKey'),
      when('awaitGrace.signal', 'rollBack', 'reactivateToRollBack'),
      otherwise('reactivateToWatch'),
    ),
    // Old key inactive, and nobody can tell whether all is well: for how long already?
    noteMissedLook: run('noteMissedLook', 'missedLook', 'reactivateToStop'),
    missedLook: decide(
      when('noteMissedLook.verdict', 'waiting', 'awaitNextLook'),
      when('noteMissedLook.verdict', 'hold', 'stuck'),
      otherwise('reactivateToStop'),
    ),
    // Old key inactive; waiting for another try at looking.
    awaitNextLook: park('awaitNextLook', 'noteMissedLook', 'nextLookSignal', 'stuck'),
    // No data holds deletion, so here `proceed` only looks again at once.
    nextLookSignal: decide(
      when('awaitNextLook.signal', 'elapsed', 'checkHealth'),
      when('awaitNextLook.signal', 'proceed', 'checkHealth'),
      when('awaitNextLook.signal', 'rollBack', 'reactivateToRollBack'),
      otherwise('reactivateToWatch'),
    ),
    // The inactive old key goes for good; everything known about it is read once more right before.
    deleteKey: run('deleteKey', 'releaseUser', 'stuck'),

    // The old key becomes active again; places stay on the new key and the watch begins anew.
    reactivateToWatch: run('reactivateKey', 'checkOldKeyUse', 'stuck'),
    // The old key becomes active again, and a person has to look.
    reactivateToStop: run('reactivateKey', 'stuck', 'stuck'),
    // The old key becomes active again before anything else is undone.
    reactivateToRollBack: run('reactivateKey', 'verifyOldKey', 'stuck'),
    // Both keys active; does AWS accept the old pair that was kept?
    verifyOldKey: run('verifyOldKey', 'oldKeyTrust', 'stuck'),
    oldKeyTrust: decide(
      when('verifyOldKey.verdict', 'accepted', 'restoreConsumers'),
      when('verifyOldKey.verdict', 'notNeeded', 'removeNewKey'),
      when('verifyOldKey.verdict', 'unkept', 'releaseUser'),
      otherwise('stuck'),
    ),
    // Both keys active; places that hold our new key get the old one back.
    restoreConsumers: run('restoreConsumers', 'restoration', 'stuck'),
    restoration: decide(when('restoreConsumers.verdict', 'restored', 'removeNewKey'), otherwise('stuck')),
    // The new key is removed if no place was ever offered it, else it stays active and is named.
    removeNewKey: run('removeNewKey', 'releaseUser', 'stuck'),

    // Claim and vault entry are taken away where the rotation is over, and stay where it is not.
    releaseUser: run('releaseUser', 'outcome', 'stuck'),
    outcome: decide(
      when('releaseUser.verdict', 'rotated', 'rotated'),
      when('releaseUser.verdict', 'nothingToDo', 'nothingToDo'),
      when('releaseUser.verdict', 'refused', 'refused'),
      when('releaseUser.verdict', 'rolledBack', 'rolledBack'),
      otherwise('stuck'),
    ),

    // The new key alone is left, and every place holds it.
    rotated: end(),
    // The keys are as they were, and need nothing.
    nothingToDo: end(),
    // The keys are as they were; the reason says what has to change first.
    refused: end(),
    // The old key is active, and the places that could be restored hold it.
    rolledBack: end(),
    // Needs a person; the claim and the vault entry stay, and `resume` goes on.
    stuck: end(),
  },
});
