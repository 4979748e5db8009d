/** How a GraphQL request ended, as a label: worst first. */
export const OUTCOMES = [
  'internal',
  'upstream',
  'timeout',
  'store',
  'limited',
  'credential',
  'caller',
  'input',
  'aborted',
  'ok',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** The first that fits; what fits none is taken for a request that could not be right. */
const CLASSES: readonly (readonly [RegExp, Outcome])[] = [
  [/^INTERNAL_SERVER_ERROR$/, 'internal'],
  [/^REQUEST_TIMEOUT$/, 'timeout'],
  [/^REQUEST_ABORTED$/, 'aborted'],
  [/^(?:STORE_|SECRET_UNREADABLE|ENCRYPTION_KEY)/, 'store'],
  [/^(?:CREDENTIAL_|CONSENT_|TWILIO_PERMISSION_MISSING)/, 'credential'],
  [/^TWILIO_/, 'upstream'],
  [/^(?:UNAUTHENTICATED|FORBIDDEN|TOKEN_INVALID|ISSUER_|API_KEY_|(?:HOST|PROXY)_NOT_ALLOWED|CSRF)/, 'caller'],
  [/^(?:QUERY_TOO_|TOO_|OVERLOADED|RATE_LIMIT|SCAN_LIMIT)|_LIMIT(?:ED)?$|_TOO_(?:LARGE|MANY)$/, 'limited'],
];

const known = new Map<string, Outcome>();

/** The worst of what a request's error codes say. */
export function outcomeOf(codes: Iterable<string>): Outcome {
  let worst: Outcome = 'ok';
  for (const code of codes) {
    const outcome = classOf(code);
    if (OUTCOMES.indexOf(outcome) < OUTCOMES.indexOf(worst)) worst = outcome;
  }
  return worst;
}

function classOf(code: string): Outcome {
  let outcome = known.get(code);
  if (!outcome) {
    outcome = CLASSES.find(([pattern]) => pattern.test(code))?.[1] ?? 'input';
    // Codes are ours and few; a bound all the same, for they come through an error's extensions.
    if (known.size < 200) known.set(code, outcome);
  }
  return outcome;
}
