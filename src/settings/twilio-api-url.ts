/** Twilio's edge of each region; https://www.twilio.com/docs/global-infrastructure */
const EDGES: Readonly<Record<string, string>> = {
  au1: 'sydney',
  br1: 'sao-paulo',
  de1: 'frankfurt',
  ie1: 'dublin',
  jp1: 'tokyo',
  jp2: 'osaka',
  sg1: 'singapore',
  us1: 'ashburn',
  us2: 'umatilla',
};

/** `api.{edge}.{region}.twilio.com`, as in Twilio's own SDKs; an edge alone means the region us1. */
export function twilioApiUrl(
  edge: string | undefined,
  region: string | undefined,
  problems: string[],
): string {
  if (!edge && !region) return 'https://api.twilio.com';
  const at = edge ?? (region && Object.hasOwn(EDGES, region) ? EDGES[region] : undefined);
  if (!at) {
    problems.push(
      `TWILIO_REGION must be one of ${Object.keys(EDGES).join(', ')}, or TWILIO_EDGE must be set.`,
    );
  }
  for (const [name, value] of Object.entries({ TWILIO_EDGE: edge, TWILIO_REGION: region })) {
    if (value && !/^[a-z0-9-]{1,32}$/.test(value))
      problems.push(`${name} must be a name such as us1 or dublin.`);
  }
  return URL.canParse(`https://api.${at}.${region ?? 'us1'}.twilio.com`)
    ? `https://api.${at}.${region ?? 'us1'}.twilio.com`
    : 'https://api.twilio.com';
}
