// What `cdk synth` makes of the app, and the few changes to it without which the emulator could not run it. Everything else is
// deployed as it was synthesised. Why each change is needed stands in differences.ts.
import { chmod, copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}

export async function adapt(folder: string): Promise<void> {
  const file = join(folder, 'keyturn.template.json');
  const template = JSON.parse(await readFile(file, 'utf8')) as { Resources: Record<string, Resource> };
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type === 'AWS::Lambda::Function') Properties.Runtime = 'provided.al2023';
  }
  await writeFile(file, JSON.stringify(template));
  for (const name of await readdir(folder)) {
    if (!name.startsWith('asset.')) continue;
    const bootstrap = join(folder, name, 'bootstrap');
    await copyFile(new URL('runtime.mjs', import.meta.url), bootstrap);
    await chmod(bootstrap, 0o755);
  }
}
