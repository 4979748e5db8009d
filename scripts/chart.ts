/** Writes the rendered examples of the chart: `npm run chart`, after every change of the chart. */
import { writeFileSync } from 'node:fs';
import { availableRenderers, EXAMPLES, exampleFile, headOf } from './helm/chart.ts';

const [renderer] = availableRenderers();
if (!renderer) {
  throw new Error(
    'Install Helm; or on Debian golang-go, golang-github-masterminds-sprig-dev and golang-k8s-sigs-yaml-dev.',
  );
}
const render = renderer.open();
for (const [name, release] of Object.entries(EXAMPLES)) {
  const { stdout, stderr } = render(release, [exampleFile(name, 'values')]);
  if (!stdout) throw new Error(stderr);
  writeFileSync(exampleFile(name, 'rendered'), headOf(name) + stdout);
}
