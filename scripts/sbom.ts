/**
 * Prints what the package brings along when it is installed, as CycloneDX: `npm run --silent sbom > sbom.json`. It is
 * taken from package-lock.json alone, so that it says the same whatever is in node_modules.
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
  packages: Record<string, { name?: string; version: string; dev?: boolean }>;
}

/** Where packages are published. A mirror they happened to come from is of no use to others. */
const REGISTRY = 'https://registry.npmjs.org/';

const { name, packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
// npm's --omit=dev leaves out as well what both the gateway and its tests depend on (npm/cli issue 7909).
const shipped = new Set(
  Object.entries(packages)
    .filter(([, { dev }]) => !dev)
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
// npm calls the root after the folder it lies in.
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
