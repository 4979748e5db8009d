import { execFileSync } from 'node:child_process';

/** Builds the console for the tests, if one of its files has changed since it was built. */
export default function setup(): void {
  execFileSync(process.execPath, ['console/build.ts'], { stdio: 'inherit' });
}
