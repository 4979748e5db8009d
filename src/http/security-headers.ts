/**
 * Sent with every response; a route may replace them, as pages do. Responses are data: a browser must not run, frame,
 * sniff or store any of it. Hono's secure-headers middleware would set them one by one on each finished response.
 */
export const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;
