// What keyturn is built from: pinned by content, running nothing at installation but what is approved by name, and all of it in
// the bill of materials.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(`${root}/${name}`, 'utf8'));

interface Locked {
  version?: string;
  integrity?: string;
  inBundle?: boolean;
  hasInstallScript?: boolean;
}

/** Not those for machines that nobody has here, which the lockfile knows by name alone. */
const locked = Object.entries(read('package-lock.json').packages as Record<string, Locked>)
  .filter(([path, { version }]) => path !== '' && version !== undefined)
  .map(([path, facts]) => ({ path, name: path.slice(path.lastIndexOf('node_modules/') + 13), ...facts }));

test('the package itself has no dependencies, and no script of it runs where it is installed', () => {
  const { dependencies, optionalDependencies, peerDependenciesMeta, scripts } = read('package.json');

  expect([dependencies, optionalDependencies]).toEqual([undefined, undefined]);
  expect(Object.values(peerDependenciesMeta)).toEqual([{ optional: true }, { optional: true }]);
  expect(Object.keys(scripts).filter((name) => /^(?:pre|post)?install$/.test(name))).toEqual([]);
});

test('every package is pinned by the hash of its content', () => {
  const loose = locked.filter(({ integrity, inBundle }) => !inBundle && !integrity?.startsWith('sha512-'));

  expect(locked.length).toBeGreaterThan(100);
  expect(loose.map(({ name }) => name)).toEqual([]);
});

test('an install script runs only where it is approved by name', () => {
  const withScript = locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);

  expect([...new Set(withScript)].sort()).toEqual(['esbuild', 'node']);
  expect(read('package.json').allowScripts).toEqual({ esbuild: true, node: true });
});

test('npm’s CycloneDX bill of materials has every package that is installed, by its version and hash', () => {
  const printed = execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: root, encoding: 'utf8', maxBuffer: 1e8 });

  const { bomFormat, components } = JSON.parse(printed) as {
    bomFormat: string;
    components: { purl: string; hashes?: { alg: string }[] }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const listed = new Map(components.map((one) => [decodeURIComponent(one.purl), one]));
  const installed = locked.filter(({ path }) => existsSync(`${root}/${path}`));
  const missing = installed.filter(({ name, version }) => !listed.has(`pkg:npm/${name}@${version}`));
  expect(missing.map(({ name }) => name)).toEqual([]);
  expect(listed.get(`pkg:npm/xstate@${locked.find(({ name }) => name === 'xstate')?.version}`)?.hashes).toEqual([
    expect.objectContaining({ alg: 'SHA-512' }),
  ]);
});
