// The profiles that the AWS CLI knows on this machine, read as the SDK reads them.
import { loadSharedConfigFiles } from '@smithy/core/config';

/** Names from the credentials and the config file, each once; sections that are no profiles left out. */
export async function profileNames(): Promise<string[]> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const names = [...Object.keys(credentialsFile), ...Object.keys(configFile)];
  return [...new Set(names)].filter((name) => !/^(sso-session|services|login-session)\b\./.test(name));
}

/** The region that the profile (by default AWS_PROFILE, or `default`) sets in these files; undefined for none. */
export async function profileRegion(profile = process.env.AWS_PROFILE || 'default'): Promise<string | undefined> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  return configFile[profile]?.region ?? credentialsFile[profile]?.region;
}
