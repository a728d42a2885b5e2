// Options that several commands share, in the words of their help.
import { type Command, Option } from 'commander';

export function withGlobals(command: Command): Command {
  return command
    .option('--profile <name>', 'AWS profile')
    .option('--region <region>', 'AWS region')
    .option('--endpoint-url <url>', 'send AWS calls elsewhere')
    .option('--config <file>', 'policy file (default: keyturn.yaml here, if there)')
    .option('--state-dir <dir>', 'where rotations are remembered (default: KEYTURN_STATE_DIR)')
    .option('--json', 'one JSON document on stdout')
    .option('-y, --yes', 'agree beforehand')
    .option('--no-color', 'no colours (also NO_COLOR)')
    .option('--verbose', 'say more on stderr')
    .option('--quiet', 'say only warnings and errors on stderr');
}

export function withTimes(command: Command): Command {
  return withEngine(
    command
      .option('--quiet-for <duration>', 'how long the old key must be unused before it is deactivated', '48h')
      .option('--grace <duration>', 'how long it stays inactive before it is deleted', '7d')
      .option('--watch-limit <duration>', 'how long to watch a key that stays in use', '30d')
      .option(
        '--probe <spec>',
        'what must work while the old key is inactive: http:URL or exec:COMMAND (repeatable)',
        collect,
      )
      .option('--probe-every <duration>', 'how often to look', '1h')
      .option('--wait', 'stay until the end; else return at the first wait'),
  );
}

/** Who waits, and where. */
export function withEngine(command: Command): Command {
  return command
    .addOption(new Option('--engine <engine>', 'who runs it: local or stepfunctions').default('local'))
    .option('--state-machine <arn>', 'the state machine of stepfunctions (default: the one that the stack names)');
}

/** For an option that may be given several times. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}
