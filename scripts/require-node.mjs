import { existsSync } from 'node:fs';

/**
 * Exits with one sentence on a Node older than the sources need. Imported first; it uses nothing that Node 20 lacks.
 *
 * @param {string} command the npm script to use instead
 */
export function requireNode(command) {
  if (Number.parseInt(process.versions.node, 10) >= 24) return;
  // A development dependency: not there after `npm ci --omit=dev`.
  const isBrought = existsSync(new URL('../node_modules/node', import.meta.url));
  const advice = isBrought
    ? `Use "${command}", which brings its own Node.js.`
    : 'Install Node.js 24, or run "npm ci" without --omit=dev, which brings it.';
  process.stderr.write(`This needs Node.js 24, but runs on ${process.version}. ${advice}\n`);
  process.exit(1);
}
