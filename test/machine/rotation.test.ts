// What has to hold on the graph of the rotation, whatever the activities answer: which ways lead to the steps that
// cannot be taken back, and where a word that nobody thought of leads.
import { expect, test } from 'vitest';
import { carelessDecides } from '../../src/machine/careless-decides.ts';
import { type ActivityName, activityNames, type ParkName, parkNames } from '../../src/machine/context.ts';
import { edges, type Node, readGraph } from '../../src/machine/graph.ts';
import { rotation } from '../../src/machine/rotation.ts';
import { begin, decide, end, otherwise, run, when, words } from '../../src/machine/vocabulary.ts';

const graph = readGraph(rotation);

/** The ways into a state, each as `from: what was said`. */
function waysInto(state: string): string[] {
  return edges(graph)
    .filter(({ to }) => to === state)
    .map(({ from, label }) => (label ? `${from}: ${label}` : from));
}

function otherwiseOf(decision: string): string | undefined {
  return edges(graph).find(({ from, kind }) => from === decision && kind === 'otherwise')?.to;
}

test("S3 every decide's last branch is its least destructive one", () => {
  expect(carelessDecides(graph)).toEqual([]);
});

test('S3 a decide whose last branch deletes is found', () => {
  const careless = words.createMachine({
    initial: 'begin',
    context: ({ input }) => input,
    states: {
      begin: begin('checkHealth'),
      checkHealth: run('checkHealth', 'health', 'stuck'),
      health: decide(when('checkHealth.verdict', 'failing', 'stuck'), otherwise('deleteKey')),
      deleteKey: run('deleteKey', 'rotated', 'stuck'),
      rotated: end(),
      stuck: end(),
    },
  });

  expect(carelessDecides(readGraph(careless))).toEqual(['health: otherwise deleteKey']);
});

test('S3 a last branch may lead to what only looks, waits, reactivates or ends', () => {
  const leadsToLoss = (activity: ActivityName | ParkName) =>
    carelessDecides({
      start: 'begin',
      nodes: new Map<string, Node>([
        ['begin', { word: 'begin', next: 'choice' }],
        ['choice', { word: 'decide', branches: [], otherwise: 'next' }],
        ['next', { word: 'run', activity: activity as ActivityName, next: 'choice', onError: 'next' }],
      ]),
    }).length > 0;

  expect([...activityNames, ...parkNames].filter(leadsToLoss)).toEqual([
    'claimUser',
    'preflightConsumers',
    'freeSlot',
    'createKey',
    'deliverKey',
    'deactivateKey',
    'deleteKey',
    'restoreConsumers',
    'removeNewKey',
  ]);
});

test('S3 an unknown signal means back to watching', () => {
  expect(otherwiseOf('quietSignal')).toBe('checkOldKeyUse');
  expect(otherwiseOf('graceSignal')).toBe('reactivateToWatch');
  expect(waysInto('checkOldKeyUse')).toContain('reactivateToWatch');
});

test('S3 the end of a wait proves nothing: it leads to another look', () => {
  expect(otherwiseOf('quietSignal')).toBe('checkOldKeyUse');
  expect(waysInto('checkHealth')).toContain('graceSignal: elapsed');
});

test('S2 a health that nobody can judge leads to a reactivation', () => {
  expect(otherwiseOf('health')).toBe('reactivateToStop');
  expect(otherwiseOf('missedLook')).toBe('reactivateToStop');
  expect(waysInto('noteMissedLook')).toEqual(['checkHealth: fails']);
  expect(waysInto('reactivateToStop')).toContain('noteMissedLook: fails');
});

test('a key is made, deactivated or deleted on a word said on purpose, and on no failure', () => {
  expect(waysInto('createKey')).toEqual(['freeSlot']);
  expect(waysInto('deactivateKey')).toEqual(['oldKeyUse: quiet', 'quietSignal: proceed']);
  expect(waysInto('deleteKey')).toEqual(['health: passed', 'graceSignal: proceed']);
  expect(waysInto('removeNewKey')).toEqual(['oldKeyTrust: notNeeded', 'restoration: restored']);
});

test('a roll back begins with the reactivation, and restores nothing before the old pair was verified', () => {
  expect(waysInto('verifyOldKey')).toEqual(['reactivateToRollBack']);
  expect(waysInto('restoreConsumers')).toEqual(['oldKeyTrust: accepted']);
});

test('a failure before the first change, or of the creation, is judged by releaseUser; every later one asks a person', () => {
  const failures = edges(graph).filter(({ kind, to }) => kind === 'failure' && to !== 'stuck');

  expect(failures.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
    'claimUser -> releaseUser',
    'inspectKeys -> releaseUser',
    'preflightConsumers -> releaseUser',
    'freeSlot -> releaseUser',
    'createKey -> releaseUser',
    'checkHealth -> noteMissedLook',
    'noteMissedLook -> reactivateToStop',
  ]);
});
