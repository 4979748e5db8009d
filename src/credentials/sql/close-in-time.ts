const CLOSE_TIMEOUT_MS = 2_000;

/** Waits for a goodbye, but not for long: a server that hangs says none, and the process wants to end. */
export async function closeInTime(closing: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
  await Promise.race([closing, promise]).finally(() => clearTimeout(timer));
}
