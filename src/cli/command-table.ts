// Every command of keyturn, one row for each: its name, its help and its flags. Its code, with the SDK, prompts and machine
// behind it, is imported when that command runs.
import { type Command, Option } from 'commander';
import type { Io } from './io.ts';
import { collect, withEngine, withTimes } from './option-groups.ts';
import type { Flags } from './options.ts';

/** `whole` gives the whole command line, with the options of every command. Resolves to an exit code. */
export type Run = (flags: Flags, io: Io, argument: string | undefined, whole: () => Command) => Promise<number>;

export interface CommandRow {
  name: string;
  /** What may stand behind it: `[id]`, or `<key>` where something has to. */
  argument?: string;
  about: string;
  load(): Promise<Run>;
  /** Adds the flags that are its own. */
  options?(command: Command): unknown;
}

export const commandTable: readonly CommandRow[] = [
  {
    name: 'rotate',
    about: "replace one user's access key",
    load: async () => (await import('./commands/rotate.ts')).rotate,
    options: (command) =>
      withTimes(
        command
          .option('--user <name>', "whose key (default: the caller's own user)")
          .option('--key <id>', 'the key to replace (default: the only active one)')
          .option('--to <spec>', 'where the new key goes, KIND:PLACE (repeatable)', collect)
          .option('--vault <kind>', 'where the new secret rests until delivered: file or secretsmanager', 'file')
          .option('--free-slot <which>', 'never, inactive, or the id of an inactive key that may be removed', 'never')
          .option('--allow-smtp', 'the key sends mail through SES, and its SMTP password is taken care of')
          .option('--min-age <duration>', 'leave a key younger than this alone', '0d')
          .option('--dry-run', 'show the plan, change nothing')
          .option(
            '--from-audit <file>',
            'every key that a report of keyturn audit --json calls too old, or soon (-: stdin)',
          ),
      ),
  },
  {
    name: 'status',
    argument: '[id]',
    about: 'open rotations, what is true in AWS now, and what comes next',
    load: async () => (await import('./commands/status.ts')).status,
    options: (command) =>
      withEngine(command.option('--all', 'ended ones too').option('--user <name>', 'those of one user')),
  },
  {
    name: 'resume',
    argument: '[id]',
    about: 'go on where a rotation stopped, to the next wait or the end',
    load: async () => (await import('./commands/resume.ts')).resume,
    options: (command) =>
      withEngine(
        command
          .option('--all', 'every rotation that is due (for cron)')
          .option('--wait', 'stay until the end')
          .option('--watch-limit <duration>', 'watch longer than was planned'),
      ),
  },
  {
    name: 'proceed',
    argument: '[id]',
    about: 'end the present wait now and go on',
    load: async () => (await import('./commands/proceed.ts')).proceed,
    options: (command) =>
      withEngine(
        command
          .option('--delete-now', 'end the grace, which deletes the old key')
          .option('--wait', 'stay until the end'),
      ),
  },
  {
    name: 'rollback',
    argument: '[id]',
    about: 'reactivate the old key, then give every place the old pair back',
    load: async () => (await import('./commands/rollback.ts')).rollback,
    options: (command) =>
      withEngine(
        command
          .option('--only-reactivate', 'just make the old key active again; the rotation goes back to watching')
          .option('--user <name>', 'with --only-reactivate and --key: needs no record')
          .option('--key <id>', 'with --only-reactivate and --user: the key to make active'),
      ),
  },
  {
    name: 'release',
    argument: '[id]',
    about: "clear a dead rotation's claim on its user",
    load: async () => (await import('./commands/release.ts')).release,
    options: (command) => withEngine(command.option('--user <name>', 'whose claim')),
  },
  {
    name: 'retire',
    about: 'watch, deactivate, wait, delete: for a key that something else replaced',
    load: async () => (await import('./commands/retire.ts')).retire,
    options: (command) =>
      withTimes(
        command
          .option('--user <name>', 'whose key')
          .option('--key <id>', 'the old key, to be retired')
          .option('--new-key <id>', 'the active key that replaced it'),
      ),
  },
  {
    name: 'handoff',
    argument: '[id]',
    about: 'give the remaining waits of a rotation to Step Functions',
    load: async () => (await import('./commands/handoff.ts')).handoff,
    options: (command) => withEngine(command.option('--user <name>', 'the only open one of this user')),
  },
  {
    name: 'audit',
    about: "what is wrong with the account's access keys",
    load: async () => (await import('./commands/audit.ts')).audit,
    options: (command) =>
      command
        .option('--format <name>', 'table, json, csv, html or sarif (default: table)')
        .option('--output <file>', 'write the report there (default: standard output)')
        .option('--profile-rules <set>', 'cis-1.4, cis-3.0, cis-5.0, cis-6.0, cis-7.0, fsbp or prowler', 'cis-7.0')
        .option('--fail-on <severity>', 'exit 3 from this severity on: low, medium, high, critical or none', 'medium')
        .option('--user <name>', 'only this user')
        .option('--key <id>', 'with --explain: only this key')
        .option('--fresh', 'leave the credential report, which may be four hours old, and ask for each user')
        .option('--ids <when>', 'look up key ids, policies, tags and events: auto or never', 'auto')
        .option('--explain <rule>', 'with --user: the raw values and the arithmetic'),
  },
  {
    name: 'evidence',
    argument: '[id]',
    about: 'what an auditor wants to know of a rotation',
    load: async () => (await import('./commands/evidence.ts')).evidence,
    options: (command) =>
      withEngine(
        command
          .option('--since <duration>', 'all rotations that ended since then')
          .option('--user <name>', 'with --since: those of one user')
          .option('--format <name>', 'json or html', 'json')
          .option('--output <file>', 'write it there (default: standard output)'),
      ),
  },
  {
    name: 'policy',
    argument: '[command]',
    about: 'the least IAM policy that a command needs (default: all of them)',
    load: async () => (await import('./commands/policy.ts')).policy,
    options: (command) =>
      withEngine(
        command
          .option('--user <name>', 'only for this user: a name, a path and name, or an ARN')
          .option('--to <spec>', 'and what this place needs, KIND:PLACE (repeatable)', collect)
          .option('--vault <kind>', 'and what this vault needs: file or secretsmanager', 'file')
          .option('--probe <spec>', 'and what this probe needs, KIND:PLACE (repeatable)', collect)
          .option('--only-reactivate', 'of rollback: only what brings a key back'),
      ),
  },
  {
    name: 'demo',
    about: 'the whole procedure in an embedded AWS',
    load: async () => (await import('./commands/demo.ts')).demo,
    options: (command) =>
      command.addOption(new Option('--engine <engine>', 'who waits in it: local or stepfunctions').default('local')),
  },
  {
    name: 'find',
    argument: '<key>',
    about: 'which known places hold an access key',
    load: async () => (await import('./commands/find.ts')).find,
    options: (command) => command.option('--in <spec>', 'look there only, KIND:PLACE (repeatable)', collect),
  },
  {
    name: 'who',
    argument: '<key>',
    about: "who uses an access key: its last use, and CloudTrail's callers",
    load: async () => (await import('./commands/who.ts')).who,
    options: (command) =>
      command
        .option('--since <when>', 'how far back to look, or from which instant on: at most 90d', '90d')
        .option('--regions <names>', "all, or some with commas between (default: the region in force and IAM's)"),
  },
  {
    name: 'sandbox',
    about: 'an embedded AWS on 127.0.0.1, until Ctrl-C; prints what to export',
    load: async () => (await import('./commands/sandbox.ts')).sandbox,
    options: (command) =>
      command
        .option('--port <number>', 'its port (default: any that is free)')
        .addOption(new Option('--seed <name>', 'who is in it').choices(['small', 'fleet']).default('small')),
  },
  {
    name: 'completion',
    argument: '<shell>',
    about: 'a script that completes commands and flags: bash, zsh or fish',
    load: async () => (await import('./commands/completion.ts')).completion,
    options: (command) => command.registeredArguments[0]?.choices(['bash', 'zsh', 'fish']),
  },
];

/** What keyturn does without a command. */
export const loadWizard: CommandRow['load'] = async () => (await import('./commands/wizard.ts')).wizard;
