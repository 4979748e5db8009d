const CLOSE_TIMEOUT_MS = 2_000;

/** Waits up to 2 seconds for a connection to close, so that a hanging server does not delay the exit. */
export async function closeInTime(closing: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
  await Promise.race([closing, promise]).finally(() => clearTimeout(timer));
}
