// The kinds of probe there are. A spec is `KIND:PLACE`; it is pinned when the plan is made and opened by every look.
import { UsageError } from '../errors.ts';
import { alarm } from './alarm.ts';
import type { Probe, ProbeDeps, ProbeKind, ProbeSurroundings } from './contract.ts';
import { exec } from './exec.ts';
import { http } from './http.ts';

export const probeKinds: readonly ProbeKind[] = [http, exec, alarm];

/** The spec as the plan pins it: it means the same from every folder and every day. Throws UsageError. */
export function resolveProbe(spec: string, surroundings: ProbeSurroundings): string {
  const { kind, place } = parse(spec);
  return `${kind.kind}:${kind.resolve(place, surroundings)}`;
}

/** A resolved spec as it may be shown: without a password. */
export function showProbe(spec: string): string {
  const { kind, place } = parse(spec);
  return `${kind.kind}:${kind.show(place)}`;
}

/** The IAM actions that a look takes, on everything; none where it asks nothing of AWS. */
export function actionsOfProbe(spec: string): readonly string[] {
  return parse(spec).kind.actions ?? [];
}

/** Opens a resolved spec. Touches nothing yet. */
export async function openProbe(spec: string, deps: ProbeDeps): Promise<Probe> {
  const { kind, place } = parse(spec);
  return kind.open(place, deps);
}

function parse(spec: string): { kind: ProbeKind; place: string } {
  const colon = spec.indexOf(':');
  const name = colon < 0 ? spec : spec.slice(0, colon);
  const place = spec.slice(colon + 1);
  if (/^https?$/.test(name) && place.startsWith('//')) {
    throw new UsageError('a probe is named by its kind, then a colon, then its place', {
      hint: 'put http: before the URL, like http:https://example.com/health',
    });
  }
  const kind = colon < 0 ? undefined : probeKinds.find((one) => one.kind === name);
  if (!kind) {
    throw new UsageError(`there is no probe of the kind "${name}"`, {
      hint: `the kinds are ${probeKinds.map(({ usage }) => usage.split(' ', 1)[0]).join(', ')}`,
    });
  }
  return { kind, place };
}
