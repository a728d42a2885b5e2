// What may stand in a policy file, as one zod schema: it validates the file, and its JSON Schema is what editors complete
// from. Texts stay texts here; settings.ts says what they mean.
import * as z from 'zod';
import * as field from './fields.ts';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const blackout = field
  .mapping({
    from: field.moment,
    until: field.moment,
    days: field.list(
      field.choice(weekdays, 'a day of the week'),
      'every week on these days, from and until being times',
    ),
    reason: field.text('why, for whoever reads that a step was put off'),
  })
  .partial({ days: true, reason: true })
  .check(({ value: { from, until, days }, issues }) => {
    const wrong = (message: string) => issues.push({ code: 'custom', message, input: from, path: ['from'] });
    if (days && !(field.isTime(from) && field.isTime(until))) wrong('with days, from and until are times like 18:00');
    if (!days && (field.isTime(from) || field.isTime(until))) wrong('times need days, like days: [saturday, sunday]');
    if (!days && from > until) wrong('from is later than until');
  })
  .meta({ description: 'a time in UTC in which no key is created, delivered, deactivated or deleted' });

const settings = {
  maxAge: field.duration('how old a key may become; whoever runs unattended begins in time for that', {
    anyLength: true,
  }),
  minAge: field.duration('a key younger than this is left alone', { allowZero: true, anyLength: true }),
  quietFor: field.duration('how long the old key must be unused before it is deactivated'),
  grace: field.duration('how long it stays inactive before it is deleted'),
  watchLimit: field.duration('how long to watch a key that stays in use'),
  probeEvery: field.duration('how often to look at the probes while the old key is inactive'),
  freeSlot: field.freeSlot.meta({
    description: 'which inactive key may be removed to make room: never, inactive (unused for 90 days), or one id',
  }),
  unproven: field.choice(['ask', 'proceed'], 'what to do where the silence of the old key proves nothing'),
  vault: field.choice(['file', 'secretsmanager'], 'where the new secret rests until every place has it'),
  consumers: field.places('where the new key goes, KIND:PLACE'),
  probes: field.specs('what must work while the old key is inactive, KIND:PLACE'),
  notify: field.specs('whom to tell, KIND:TARGET'),
  owner: field.text('who answers for the user'),
  ownerDomains: field.list(field.domain, 'an owner named by a tag counts only with an address in one of these'),
  administrators: field.list(
    field.userName,
    'users who can change IAM and may be rotated unattended all the same, each by name',
  ),
  blackout: field.list(blackout, 'when nothing is begun'),
  stateMachine: field.stateMachineArn.meta({
    description: 'the state machine that waits, with --engine stepfunctions',
  }),
};

const settingsBlock = field.mapping(settings).partial();

export type SettingName = keyof typeof settings;
export type WrittenSettings = z.infer<typeof settingsBlock>;

export const settingNames = Object.keys(settings) as SettingName[];

/** What a rule may set that is matched by a tag: whoever may tag a user must not be able to loosen anything (S27). */
export const tightening: readonly SettingName[] = [
  'quietFor',
  'grace',
  'watchLimit',
  'freeSlot',
  'unproven',
  'probes',
  'blackout',
];

const rule = field
  .mapping({
    user: field.oneOrMore("the user's name; * and ? stand for any characters"),
    path: field.oneOrMore("the user's path, like /ci/*"),
    tag: z
      .record(z.string(), field.text('a pattern for the value'), { error: 'must be a mapping of keys to values' })
      .meta({ description: "the user's tags, all of which must match; such a rule only tightens" }),
    ...settings,
  })
  .partial()
  .check(({ value, issues }) => {
    const wrong = (message: string, hint: string, ...path: string[]) =>
      issues.push({ code: 'custom', message, params: { hint }, input: value, path });
    const set = settingNames.filter((name) => value[name] !== undefined);
    if (!value.user && !value.path && !(value.tag && Object.keys(value.tag).length > 0)) {
      wrong('matches nobody', 'name a user, a path or a tag; what is for everybody goes under defaults');
    }
    if (set.length === 0) wrong('sets nothing', `it may set ${settingNames.join(', ')}`);
    if (!value.tag) return;
    for (const name of set.filter((one) => !tightening.includes(one))) {
      wrong(
        'a rule matched by a tag may not set this',
        `match by user or path; by a tag: ${tightening.join(', ')}`,
        name,
      );
    }
    const loose = 'a rule matched by a tag may only tighten';
    if (value.unproven === 'proceed') wrong(loose, 'match by user or path to proceed', 'unproven');
    if (value.freeSlot !== undefined && value.freeSlot !== 'never') {
      wrong(loose, 'match by user or path to have a key removed', 'freeSlot');
    }
  });

const exemption = field
  .mapping({
    user: field.userName.meta({ description: 'the user who is left alone' }),
    key: field.keyId.meta({ description: 'the one key that is left alone' }),
    reason: field.text('why'),
    until: field.date.meta({ description: 'the last day of the exemption, in UTC' }),
  })
  .partial({ user: true, key: true })
  .check(({ value, issues }) => {
    if (value.user || value.key) return;
    issues.push({ code: 'custom', message: 'exempts nobody', params: { hint: 'name a user or a key' }, input: value });
  });

export const policySchema = field
  .mapping({
    defaults: settingsBlock.meta({ description: 'what holds for every user' }),
    rules: field.list(rule, 'what holds for some users; of several that match, the last one that sets a key wins'),
    exemptions: field.list(exemption, 'who is left alone, why, and until when'),
  })
  .partial()
  .meta({ title: 'keyturn.yaml', description: 'How keyturn rotates the access keys of an account' });

export type PolicyContent = z.infer<typeof policySchema>;
export type Exemption = z.infer<typeof exemption>;
export type Blackout = z.infer<typeof blackout>;

/** Every key that the file knows, by the kind of mapping it stands in. */
export const knownKeys = {
  top: ['defaults', 'rules', 'exemptions'],
  defaults: settingNames,
  rules: ['user', 'path', 'tag', ...settingNames],
  exemptions: ['user', 'key', 'reason', 'until'],
  blackout: ['from', 'until', 'days', 'reason'],
} as const satisfies Record<string, readonly string[]>;
