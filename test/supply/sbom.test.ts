import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, readDocument } from '../docs/markdown.ts';
import { type Package, packagesOf } from './lock.ts';

const { name, version } = JSON.parse(readDocument('package.json'));
const lock = JSON.parse(readDocument('package-lock.json'));

interface Component {
  type: string;
  'bom-ref': string;
  name: string;
  version: string;
  purl: string;
  hashes?: { alg: string; content: string }[];
  externalReferences: { type: string; url: string }[];
}

function makeSbom(cwd: string | URL) {
  const script = new URL('scripts/sbom.ts', ROOT).pathname;
  return JSON.parse(execFileSync(process.execPath, [script], { cwd, encoding: 'utf8', stdio: 'pipe' })) as {
    [key: string]: unknown;
    metadata: { timestamp: string; component: Component };
    components: Component[];
    dependencies: { ref: string; dependsOn: string[] }[];
  };
}

const shipped = packagesOf(lock).filter(({ dev }) => !dev);
const purlOf = ({ name, version }: Pick<Package, 'name' | 'version'>) =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`;

test('the SBOM is CycloneDX and lists the shipped packages with version, purl and hash', () => {
  const { metadata, components, dependencies, ...bom } = makeSbom(ROOT);
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 });
  expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(Date.parse(metadata.timestamp)).not.toBeNaN();
  expect(metadata.component).toMatchObject({
    type: 'application',
    name,
    version,
    purl: purlOf({ name, version }),
    'bom-ref': `${name}@${version}`,
  });

  const found = new Map(components.map((component) => [component.purl, component]));
  expect(shipped.length).toBeGreaterThan(50);
  for (const each of shipped) {
    const component = found.get(purlOf(each));
    expect([each.name, component]).toEqual([
      each.name,
      expect.objectContaining({ type: 'library', name: each.name, version: each.version }),
    ]);
    const [, base64 = ''] = /^sha512-(.+)$/.exec(each.integrity ?? '') ?? [];
    expect(component?.hashes).toEqual([
      { alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') },
    ]);
  }
  // Includes packages that are both shipped and used by tests.
  expect([...found.keys()]).toEqual(
    expect.arrayContaining([expect.stringContaining('/graphql@'), expect.stringContaining('/pg@')]),
  );
  // Excludes packages for development only.
  expect([...found.keys()].filter((purl) => /\/(?:vitest|typescript|twilio|node)@/.test(purl))).toEqual([]);

  const refs = new Set([metadata.component, ...components].map((component) => component['bom-ref']));
  expect(new Set(dependencies.map(({ ref }) => ref))).toEqual(refs);
  expect(dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual([]);
});

test('the SBOM contains neither the local folder nor the URL of a mirror', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mirror-'));
  const fromMirror = structuredClone(lock);
  for (const { path, name } of packagesOf(lock)) {
    const host = name === 'ky' ? 'registry.npmjs.org' : 'mirror.internal.example';
    fromMirror.packages[path].resolved = `https://${host}/${name}.tgz`;
  }
  try {
    writeFileSync(join(folder, 'package.json'), readDocument('package.json'));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(fromMirror));
    const sbom = makeSbom(folder);
    expect(JSON.stringify(sbom)).not.toMatch(/mirror/);
    const urls = sbom.components.flatMap(({ externalReferences }) =>
      externalReferences.map(({ url }) => url),
    );
    expect(urls).toEqual(['https://registry.npmjs.org/ky.tgz']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
