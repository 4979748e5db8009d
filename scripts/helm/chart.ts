/** Renders the chart with Helm, or with render.go where Helm is not installed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CHART = fileURLToPath(new URL('../../deploy/helm', import.meta.url));
const SOURCE = fileURLToPath(new URL('render.go', import.meta.url));
// Where Debian's packages of Go libraries are.
const GO = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode' };
const LIBRARIES = ['github.com/Masterminds/sprig', 'sigs.k8s.io/yaml'];

/** The sets of values in deploy/helm/examples that are rendered, by the name of the release. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  default: 'twilio-graphql-gateway',
  production: 'production',
};

/** Renders files of values over the chart's; stderr says what the chart rejects. */
export type Renderer = (release: string, files: readonly string[]) => { stdout: string; stderr: string };

/** Returns what can render here: Helm, or Go with render.go's libraries. */
export function availableRenderers(): { readonly name: string; readonly open: () => Renderer }[] {
  const hasHelm = spawnSync('helm', ['version']).status === 0;
  const hasGo = spawnSync('go', ['list', ...LIBRARIES], { env: GO }).status === 0;
  return [
    ...(hasHelm ? [{ name: 'helm', open: () => renderWithHelm }] : []),
    ...(hasGo ? [{ name: 'render.go', open: buildRenderer }] : []),
  ];
}

const renderWithHelm: Renderer = (release, files) =>
  spawnSync(
    'helm',
    ['template', release, CHART, '--namespace', 'default', ...files.flatMap((file) => ['--values', file])],
    { encoding: 'utf8' },
  );

function buildRenderer(): Renderer {
  const program = join(mkdtempSync(join(tmpdir(), 'helm-render-')), 'render');
  const { status, stderr } = spawnSync('go', ['build', '-o', program, SOURCE], { env: GO, encoding: 'utf8' });
  if (status !== 0) throw new Error(`render.go does not compile:\n${stderr}`);
  return (release, files) => spawnSync(program, [release, 'default', CHART, ...files], { encoding: 'utf8' });
}

/** Returns the path of an example's values, or of what they render to. */
export function exampleFile(name: string, kind: 'values' | 'rendered'): string {
  return join(CHART, 'examples', `${name}.${kind}.yaml`);
}

/** Returns the first line of a rendered example. It changes with every file that the rendering depends on. */
export function headOf(name: string): string {
  const templates = readdirSync(join(CHART, 'templates')).sort();
  const files = ['Chart.yaml', 'values.yaml', ...templates.map((file) => join('templates', file))];
  const hash = createHash('sha256');
  for (const file of [...files.map((file) => join(CHART, file)), exampleFile(name, 'values')]) {
    hash.update(`${file.slice(CHART.length)}\n${readFileSync(file, 'utf8')}`);
  }
  return `# Written by npm run chart from sources with the hash ${hash.digest('hex').slice(0, 16)}.\n`;
}
