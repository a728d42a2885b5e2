// What holds for findings of any user: order means nothing, ids are unique and stay, and what is unknown is never a pass.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditedKey, KeyEvent, Need, OpenRotation, RuleSet, UserFacts } from '../../src/audit/contract.ts';
import { findingsOf, rulesNeeding } from '../../src/audit/judge.ts';
import { limitsOf, ruleSets } from '../../src/audit/rule-sets.ts';
import { ago, denied, event, key, known, limits, rotation, user } from './rules/judged.ts';

const days = fc.constantFrom(0, 0.5, 2, 8, 44.99, 45, 46, 76, 90, 90.01, 91, 181, 400);
const moment = days.map((count) => ago(count));
const ids = ['AKIAFIRSTFIRSTFIRST1', 'AKIASECONDSECONDSEC2', 'AKIATHIRDTHIRDTHIRD3'];

const keys: fc.Arbitrary<AuditedKey[]> = fc
  .array(
    fc.record({
      active: fc.boolean(),
      createdAt: fc.option(moment),
      lastUsedAt: fc.option(moment),
      isUseKnown: fc.boolean(),
    }),
    { maxLength: 3 },
  )
  .map((all) =>
    all.map((one, index) =>
      key({
        ...one,
        id: ids[index] ?? null,
        slot: index < 2 ? ((index + 1) as 1 | 2) : null,
        lastUsedAt: one.lastUsedAt,
      }),
    ),
  );

const rotations: fc.Arbitrary<OpenRotation[]> = fc
  .array(
    fc
      .record({
        rotation: fc.constantFrom('r-1', 'r-2'),
        since: moment,
        deliveredAt: fc.option(moment),
        standing: fc.constantFrom('waiting', 'stuck', 'stopped', 'claimed'),
      })
      .map(rotation),
    { maxLength: 2 },
  )
  .map((all) => all.filter((one, index) => all.findIndex((other) => other.rotation === one.rotation) === index));

const events: fc.Arbitrary<KeyEvent[]> = fc
  .array(
    fc.record({
      event: fc.constantFrom('CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey' as const),
      keyId: fc.constantFrom(...ids),
      at: moment,
      status: fc.constantFrom('Active', 'Inactive', null),
    }),
    { maxLength: 4 },
  )
  .map((all) => all.map((one, index) => event({ ...one, id: `e-${index}` } as Partial<KeyEvent>)));

const facts: fc.Arbitrary<UserFacts> = fc
  .record({
    keys,
    rotations: rotations.map(known),
    events: events.map(known),
    passwordEnabled: fc.constantFrom(true, false, null),
    passwordLastUsed: fc.option(moment),
    passwordLastChanged: fc.option(moment),
    mfa: fc.constantFrom(true, false, null),
    tags: fc
      .constantFrom({}, { owner: 'ann' }, { managed: 'terraform' })
      .map((tags) => known<Record<string, string>>(tags)),
    powers: fc
      .boolean()
      .map((isAdmin) => known({ administratorBy: isAdmin ? ['Admin'] : [], mintsKeysBy: [], boundary: null })),
    doubts: fc
      .uniqueArray(fc.constantFrom('the date', 'the status'))
      .map((all) => all.map((about) => ({ about, text: about }))),
  })
  .map(user);

const set = fc.constantFrom(...ruleSets);
const rotators = ['arn:aws:iam::123456789012:role/keyturn'];
const judged = (one: UserFacts, chosen: RuleSet = 'cis-7.0') =>
  findingsOf(one, { account: '123456789012', set: chosen, limits: limits({ ...limitsOf(chosen), rotators }) });
const idsOf = (one: UserFacts, chosen?: RuleSet) => judged(one, chosen).map(({ id, status }) => `${id} ${status}`);

describe('of any user', () => {
  test('no finding comes or goes with the order of keys and slots', () => {
    fc.assert(
      fc.property(facts, set, (one, chosen) => {
        const slots = { 1: 2, 2: 1 } as const;
        const turned = [...one.keys].reverse().map((each) => ({ ...each, slot: each.slot && slots[each.slot] }));

        expect(idsOf({ ...one, keys: turned }, chosen).sort()).toEqual(idsOf(one, chosen).sort());
      }),
    );
  });

  test('nor, without ids, with the slot that a key is in', () => {
    fc.assert(
      fc.property(facts, set, (one, chosen) => {
        const bare = one.keys.slice(0, 2).map((each) => ({ ...each, id: null }));
        const turned = [...bare].reverse().map((each, index) => ({ ...each, slot: (index + 1) as 1 | 2 }));
        const said = (keys: AuditedKey[]) =>
          judged({ ...one, keys }, chosen).map(({ rule, severity }) => rule + severity);

        expect(said(turned).sort()).toEqual(said(bare).sort());
      }),
    );
  });

  test('no two findings have one id, and it is the same in the next run', () => {
    fc.assert(
      fc.property(facts, set, (one, chosen) => {
        const found = judged(one, chosen).map(({ id }) => id);

        expect(new Set(found).size).toBe(found.length);
        expect(judged(structuredCloneOf(one), chosen).map(({ id }) => id)).toEqual(found);
      }),
    );
  });

  test('an id stays though a day goes by', () => {
    const one = user({ keys: [key({ createdAt: ago(100) })] });
    const tomorrow = { account: '1', set: 'cis-7.0' as const, limits: limits({ now: Date.parse(ago(-1)) }) };
    const today = { ...tomorrow, limits: limits() };
    const old = (found: ReturnType<typeof findingsOf>) =>
      found.filter(({ rule }) => rule === 'AK-02').map(({ id }) => id);

    expect(old(findingsOf(one, tomorrow))).toEqual(old(findingsOf(one, today)));
  });

  test.each<[Need, (one: UserFacts) => UserFacts]>([
    ['ids', (one) => ({ ...one, listed: denied('iam:ListAccessKeys') })],
    ['tags', (one) => ({ ...one, tags: denied('iam:GetAccountAuthorizationDetails') })],
    ['powers', (one) => ({ ...one, powers: denied('iam:GetAccountAuthorizationDetails') })],
    ['rotations', (one) => ({ ...one, rotations: denied('the state folder') })],
    ['events', (one) => ({ ...one, events: denied('cloudtrail:LookupEvents') })],
  ])('what rules would say by %s is INCOMPLETE where it is unknown, never a pass', (need, without) => {
    fc.assert(
      fc.property(facts, (one) => {
        const silenced = judged(one).filter(({ rule }) => rulesNeeding('cis-7.0', need).includes(rule));
        const incomplete = judged(without(one)).filter(({ status }) => status === 'INCOMPLETE');

        expect(incomplete).toHaveLength(1);
        const named = incomplete[0]?.evidence.rules as string[];
        expect(silenced.every(({ rule }) => named.includes(rule))).toBe(true);
      }),
    );
  });

  test('what is unknown takes no other rule’s finding away', () => {
    fc.assert(
      fc.property(facts, (one) => {
        const blind = { ...one, tags: denied('x'), powers: denied('x'), rotations: denied('x'), events: denied('x') };
        const needing = (['tags', 'powers', 'rotations', 'events'] as const).flatMap((need) =>
          rulesNeeding('cis-7.0', need),
        );
        const rest = (found: ReturnType<typeof judged>) =>
          found.filter(({ rule }) => !needing.includes(rule)).map(({ id }) => id);

        expect(rest(judged(blind))).toEqual(expect.arrayContaining(rest(judged(one))));
      }),
    );
  });
});

/** Another object with the same in it. */
function structuredCloneOf(one: UserFacts): UserFacts {
  const { reported, ...rest } = one;
  return { ...structuredClone(rest), reported };
}
