/**
 * Exits with one sentence on a Node older than the sources need. Imported first; it uses nothing that Node 20 lacks.
 *
 * @param {string} command the npm script to use instead
 */
export function requireNode(command) {
  if (Number.parseInt(process.versions.node, 10) >= 24) return;
  process.stderr.write(
    `This needs Node.js 24, but runs on ${process.version}. Use "${command}", which brings its own Node.js.\n`,
  );
  process.exit(1);
}
