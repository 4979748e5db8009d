/** Outcomes of a GraphQL request, worst first; values of a metric's label. */
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

/** The first match applies; codes without a match are `input`. */
const CLASSES: readonly (readonly [RegExp, Outcome])[] = [
  [/^INTERNAL_SERVER_ERROR$/, 'internal'],
  [/^REQUEST_TIMEOUT$/, 'timeout'],
  [/^REQUEST_ABORTED$/, 'aborted'],
  [/^(?:STORE_|SECRET_UNREADABLE|ENCRYPTION_KEY)/, 'store'],
  [/^(?:CREDENTIAL_|CONSENT_|TWILIO_PERMISSION_MISSING)/, 'credential'],
  [/^TWILIO_/, 'upstream'],
  [/^(?:UNAUTHENTICATED|FORBIDDEN|TOKEN_INVALID|ISSUER_|API_KEY_|(?:HOST|PROXY)_NOT_ALLOWED)/, 'caller'],
  [/^(?:QUERY_TOO_|TOO_|RATE_LIMITED|SCAN_LIMIT)|_LIMIT$|_TOO_LARGE$/, 'limited'],
];

const known = new Map<string, Outcome>();

/** Returns the worst outcome of a request's error codes. */
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
    // Bounded, although the gateway has few codes, because they come from an error's extensions.
    if (known.size < 200) known.set(code, outcome);
  }
  return outcome;
}
