// What a policy file may not say that was merely found in the current folder: whoever put it there would run commands, call
// servers or choose the state machine as the caller (S30).
import { UsageError } from '../errors.ts';
import { keyPath } from './key-path.ts';
import { lineOf, type Policy } from './policy.ts';
import type { WrittenSettings } from './schema.ts';

/** Throws UsageError that names the line. */
export function refuseWhatMustBeNamed(policy: Policy): void {
  const { defaults, rules = [] } = policy.content;
  const blocks: [WrittenSettings, ...(string | number)[]][] = [
    [defaults ?? {}, 'defaults'],
    ...rules.map((rule, index): [WrittenSettings, ...(string | number)[]] => [rule, 'rules', index]),
  ];
  for (const [block, ...path] of blocks) {
    const [bad] = [
      ...refused(block.consumers, (kind) => kind === 'exec', 'consumers'),
      // Whatever else a probe is, it is a command or a request to somewhere.
      ...refused(block.probes, (kind) => kind !== 'alarm', 'probes'),
      ...refused(block.notify, (kind) => /^(?:exec|https?)$/.test(kind), 'notify'),
      ...(block.stateMachine === undefined ? [] : [{ path: ['stateMachine'], what: 'a state machine' }]),
    ];
    if (!bad) continue;
    const where = [...path, ...bad.path];
    throw new UsageError(
      `${policy.file}:${lineOf(policy, where)}: ${keyPath(where)}: ${bad.what} in a file that was only found`,
      {
        hint: `if you trust it, name it: --config ${policy.file}; or give it as a flag`,
      },
    );
  }
}

function refused(specs: readonly string[] = [], isBad: (kind: string) => boolean, name: string) {
  return specs.flatMap((spec, index) => {
    const kind = spec.slice(0, spec.indexOf(':'));
    return isBad(kind) ? [{ path: [name, index], what: `${kind}: is not taken` }] : [];
  });
}
