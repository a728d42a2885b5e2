// Which program a user agent is, without its version and whatever else changes from call to call.

/** Programs stand before the SDK that they are made with, which names itself in the same text. */
const families: readonly (readonly [family: string, RegExp])[] = [
  ['keyturn', /\bkeyturn\//],
  ['terraform', /\bTerraform\//i],
  ['opentofu', /\bOpenTofu\//i],
  ['pulumi', /\bPulumi/i],
  ['ansible', /\bAnsible\//i],
  ['console', /^(?:signin|console)\.amazonaws\.com$|Console\b|^Mozilla\/(?!.*PowerShell)/],
  ['aws-tools-powershell', /\bAWSPowerShell\b/],
  ['aws-cli', /\baws-cli\//],
  ['boto3', /\bBoto3\//i],
  ['botocore', /\bBotocore\//i],
  ['aws-sdk-js', /\baws-sdk-(?:js|nodejs)\//],
  ['aws-sdk-java', /\baws-sdk-java\//],
  ['aws-sdk-go', /\baws-sdk-go(?:-v2)?\//],
  ['aws-sdk-ruby', /\baws-sdk-ruby\d?\//],
  ['aws-sdk-php', /\baws-sdk-php\d?\//],
  ['aws-sdk-dotnet', /\baws-sdk-(?:dotnet|net)/],
  ['aws-sdk-rust', /\baws-sdk-rust\//],
  ['aws-sdk-cpp', /\baws-sdk-cpp\//],
];

/** Of an agent that nobody knows, what it calls itself; AWS services that call on behalf of others are named. */
export function agentFamily(agent: string | null): string {
  if (!agent) return 'unknown';
  const known = families.find(([, pattern]) => pattern.test(agent));
  if (known) return known[0];
  if (/^(?:[a-z\d-]+\.)+amazonaws\.com$/.test(agent) || agent === 'AWS Internal') return agent;
  return /^\[?([\w.+-]{1,40})(?=[/\s\]]|$)/.exec(agent)?.[1] ?? 'unknown';
}
