// The report as one JSON document, written as it becomes known: what the account is first, then each finding, then what the run
// did not find out.
import type { Finding, Renderer } from '../contract.ts';

export function jsonRenderer(write: (text: string) => void): Renderer {
  let isFirst = true;
  const member = (name: string, value: unknown) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
  return {
    head: ({ account, generatedAt, rules, reportAt }) => {
      const members = Object.entries({ account, generatedAt, rules, reportAt }).map(([name, value]) =>
        member(name, value),
      );
      write(`{\n  ${members.join(',\n  ')},\n  "findings": [`);
    },
    finding: (finding: Finding) => {
      write(`${isFirst ? '' : ','}\n    ${JSON.stringify(finding)}`);
      isFirst = false;
    },
    tail: ({ complete, incomplete, notLookedAt, summary }) => {
      const members = Object.entries({ complete, incomplete, notLookedAt, summary }).map(([name, value]) =>
        member(name, value),
      );
      write(`${isFirst ? '' : '\n  '}],\n  ${members.join(',\n  ')}\n}\n`);
    },
  };
}
