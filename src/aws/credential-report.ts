// The credential report of IAM in keyturn's own words: there, or still being written.
import type * as Sdk from '@aws-sdk/client-iam';
import { instant } from '../clock.ts';
import { translated } from './translate.ts';

interface Connected {
  sdk: typeof Sdk;
  client: Sdk.IAMClient;
}

/** Not ready, not there and too old are the same: to be asked for again. On the wire their names are shorter. */
const notYet = /^(?:CredentialReport(?:NotReady|NotPresent|Expired)Exception|Report(?:InProgress|NotPresent|Expired))$/;

export async function credentialReportOf({
  sdk,
  client,
}: Connected): Promise<{ text: string; generatedAt: string } | null> {
  const { State } = await translated('iam:GenerateCredentialReport', () =>
    client.send(new sdk.GenerateCredentialReportCommand({})),
  );
  if (State !== 'COMPLETE') return null;
  return translated('iam:GetCredentialReport', async () => {
    try {
      const { Content, GeneratedTime } = await client.send(new sdk.GetCredentialReportCommand({}));
      return { text: new TextDecoder().decode(Content), generatedAt: instant(GeneratedTime?.getTime() ?? 0) };
    } catch (error) {
      if (notYet.test((error as Error).name)) return null;
      throw error;
    }
  });
}
