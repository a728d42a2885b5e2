// Where a secret must never come out of the account: all that is published, counted, named or tagged.
import type { Sandbox } from '../../src/sandbox/index.ts';
import { leaksIn } from './leaks.ts';

/** Where everybody may look who may look into the account at all. */
export function outletsOf({ published, metrics, account, secrets, inspection }: Sandbox): Record<string, unknown> {
  return {
    notices: published,
    metrics,
    tags: account.snapshot(),
    seals: inspection.secrets('keyturn/seal/'),
    'names and descriptions of secrets': secrets.snapshot(),
  };
}

/** Throws where a secret is in anything of these; their names say where. */
export function mustHoldNoSecret(outlets: Readonly<Record<string, unknown>>, secrets: readonly string[]): void {
  const found = Object.entries(outlets).flatMap(([name, what]) =>
    leaksIn(JSON.stringify(what), secrets).map((spelling) => `${name}, ${spelling}`),
  );
  if (found.length > 0) throw new Error(`a secret has leaked: ${found.join('; ')}`);
}
