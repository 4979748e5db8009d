#!/usr/bin/env node
// Everything else is imported later, so that an old Node prints this sentence instead of a syntax error.
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `This needs Node.js 24, but runs on ${process.version}. In a checkout, use "npm run cli -- COMMAND", which brings its own Node.js.\n`,
  );
  process.exitCode = 1;
} else {
  const { runCommandLine } = await import('./commands/run-command.ts');
  // A reader such as `head` closes the pipe early, which is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const exitCode = await runCommandLine(process.argv.slice(2), process);
  // `start` sets the exit code itself.
  if (exitCode !== 0) process.exitCode = exitCode;
}

export {};
