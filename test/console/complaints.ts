import type { BrowserContext } from 'playwright-core';

/**
 * Passes on what a browser complains about: errors of scripts, errors and warnings in its console, and what the page's policy blocked.
 * A screen may look right nevertheless.
 */
export async function watch(context: BrowserContext, note: (complaint: string) => void): Promise<void> {
  context.on('weberror', (failure) => note(String(failure.error())));
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) note(message.text());
  });
  await context.exposeFunction('noteViolation', note);
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      (globalThis as unknown as { noteViolation: (text: string) => void }).noteViolation(
        `The policy blocked ${violatedDirective} ${blockedURI}`,
      ),
    );
  });
}
