import { globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readDocument } from '../docs/markdown.ts';
import { packagesOf } from './lock.ts';

const { allowScripts, ...manifest } = JSON.parse(readDocument('package.json'));

describe.each(['package-lock.json', 'bench/package-lock.json', 'examples/package-lock.json'])(
  '%s',
  (file) => {
    const lock = JSON.parse(readDocument(file));
    const packages = packagesOf(lock);

    test('pins every package by version and hash', () => {
      expect(lock.lockfileVersion).toBe(3);
      expect(packages.length).toBeGreaterThan(100);
      const loose = packages.filter(
        ({ version, integrity }) => !/^\d+\.\d+\.\d+/.test(version) || !/^sha512-/.test(integrity ?? ''),
      );
      expect(loose.map(({ path }) => path)).toEqual([]);
    });

    test('uses packages from the registry only, not from git or a URL', () => {
      // A lock made with a mirror omits the URLs; npm then uses the configured registry.
      const elsewhere = packages.filter(
        ({ resolved }) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
      );
      expect(elsewhere.map(({ path, resolved }) => [path, resolved])).toEqual([]);
      const { dependencies = {}, devDependencies = {} } = lock.packages[''];
      const workspace = lock.packages.console?.devDependencies;
      const ranges = Object.entries({ ...dependencies, ...devDependencies, ...workspace });
      expect(ranges.filter(([, range]) => !/^[\^~]?\d+(?:\.\d+)*(?:-[\w.]+)?$/.test(String(range)))).toEqual(
        [],
      );
    });
  },
);

test('links lead to the workspace of the console only, which ships nothing', () => {
  const { packages } = JSON.parse(readDocument('package-lock.json'));
  const links = Object.values<{ link?: boolean; resolved?: string }>(packages).filter(({ link }) => link);
  expect(links).toEqual([{ resolved: 'console', link: true }]);
  const { devDependencies, dependencies } = JSON.parse(readDocument('console/package.json'));
  expect(packages.console.devDependencies).toEqual(devDependencies);
  expect([dependencies, packages.console.dependencies]).toEqual([undefined, undefined]);
});

test('the lock matches package.json', () => {
  const { dependencies, devDependencies } = JSON.parse(readDocument('package-lock.json')).packages[''];
  expect({ dependencies, devDependencies }).toEqual({
    dependencies: manifest.dependencies,
    devDependencies: manifest.devDependencies,
  });
});

test('engines names the Node version that the program checks for, and that development uses', () => {
  const [, checked] = /process\.versions\.node, 10\) < (\d+)/.exec(readDocument('src/cli.ts')) ?? [];
  const { engines } = JSON.parse(readDocument('package-lock.json')).packages[''];
  expect([manifest.engines, engines]).toEqual([{ node: `>=${checked}` }, { node: `>=${checked}` }]);
  expect(manifest.devDependencies.node).toMatch(new RegExp(`^\\^${checked}\\.`));
  expect(readDocument('deploy/Dockerfile')).toContain(`FROM node:${checked}-slim`);
});

test('each package with an install script is allowed, and none of them is shipped', () => {
  const scripted = packagesOf(JSON.parse(readDocument('package-lock.json'))).filter(
    ({ hasInstallScript }) => hasInstallScript,
  );
  expect(scripted.length).toBeGreaterThan(0);
  expect(scripted.map(({ name }) => name).filter((name) => !(name in allowScripts))).toEqual([]);
  expect(scripted.filter(({ dev }) => !dev).map(({ name }) => name)).toEqual([]);
  // Makes npm 11 fail instead of warn for any other.
  expect(readDocument('.npmrc')).toMatch(/^strict-allow-scripts=true$/m);
});

describe.each(globSync('.github/workflows/*.yml'))('%s', (file) => {
  const text = readDocument(file);

  test('has minimal permissions', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
    const checkouts = text.match(/actions\/checkout@/g) ?? [];
    expect(text.match(/persist-credentials: false/g)).toHaveLength(checkouts.length);
  });

  test('pins actions by commit, with the version in a comment', () => {
    const uses = [...text.matchAll(/uses: (.+)$/gm)].map(([, action]) => action ?? '');
    expect(uses.length).toBeGreaterThan(1);
    expect(uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual(
      [],
    );
  });

  test('runs existing npm scripts, and requires the audit', () => {
    const { scripts } = manifest;
    const run = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, script]) => script ?? '');
    expect(run).toContain('audit');
    expect(run.filter((script) => !(script in scripts))).toEqual([]);
    expect(text.match(/npm run audit(?! -- --require)/g)).toBeNull();
  });
});
