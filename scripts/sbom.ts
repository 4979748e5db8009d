/**
 * Prints a CycloneDX SBOM of the shipped dependencies: `npm run --silent sbom > sbom.json`. It derives from
 * package-lock.json only, independently of node_modules.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Component {
  name: string;
  'bom-ref': string;
  externalReferences: { type: string; url: string }[];
}

interface Bom {
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

interface Lock {
  name: string;
  packages: Record<string, { name?: string; version: string; dev?: boolean; link?: boolean }>;
}

/** The public registry. URLs of a mirror are removed, because they are useless to others. */
const REGISTRY = 'https://registry.npmjs.org/';

const { name, packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
// npm's --omit=dev also omits packages that both the gateway and its tests depend on (npm/cli issue 7909).
const shipped = new Set(
  Object.entries(packages)
    // The console is built into the package; its workspace is not a package of its own.
    .filter(([path, { dev, link }]) => !dev && !link && path !== 'console')
    .map(([path, { name, version }]) => `${name ?? path.replace(/^.*node_modules\//, '')}@${version}`),
);
const isShipped = (ref: string) => shipped.has(ref);

const args = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
const bom = JSON.parse(
  execFileSync('npm', args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  }),
) as Bom;
// npm names the root component after its folder.
bom.metadata.component.name = name;
bom.components = bom.components.filter((component) => isShipped(component['bom-ref']));
bom.dependencies = bom.dependencies
  .filter(({ ref }) => isShipped(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isShipped) }));
for (const component of bom.components) {
  component.externalReferences = component.externalReferences.filter(
    ({ type, url }) => type !== 'distribution' || url.startsWith(REGISTRY),
  );
}
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
