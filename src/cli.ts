#!/usr/bin/env node
// Everything else is imported later, so that an old Node gets this sentence and no syntax error.
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `This needs Node.js 24, but runs on ${process.version}. Install it beside this package: npm install node@24, then npx twilio-graphql-gateway.\n`,
  );
  process.exitCode = 1;
} else {
  const { runCommandLine } = await import('./commands/run-command.ts');
  // Who reads only the first lines, as `head` does, closes the pipe: no fault of anybody.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const exitCode = await runCommandLine(process.argv.slice(2), process);
  // What `start` found wrong stands already.
  if (exitCode !== 0) process.exitCode = exitCode;
}

export {};
