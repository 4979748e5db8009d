import type { SandboxCall } from './types.ts';

const KEPT = 10_000;

/** The last requests, oldest first. */
export interface CallLog {
  readonly calls: SandboxCall[];
  add(call: { [K in keyof SandboxCall]: SandboxCall[K] | undefined }): void;
}

export function createCallLog(): CallLog {
  const calls: SandboxCall[] = [];
  return {
    calls,
    add(call) {
      // Absent keys are left out, so that a test may compare whole calls.
      calls.push(
        Object.fromEntries(Object.entries(call).filter(([, value]) => value !== undefined)) as never,
      );
      if (calls.length > KEPT) calls.shift();
    },
  };
}
