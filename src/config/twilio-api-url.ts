/** Twilio's edge of each region; https://www.twilio.com/docs/global-infrastructure */
const EDGES: ReadonlyMap<string, string> = new Map([
  ['au1', 'sydney'],
  ['br1', 'sao-paulo'],
  ['de1', 'frankfurt'],
  ['ie1', 'dublin'],
  ['jp1', 'tokyo'],
  ['jp2', 'osaka'],
  ['sg1', 'singapore'],
  ['us1', 'ashburn'],
  ['us2', 'umatilla'],
]);

/** Returns `api.{edge}.{region}.twilio.com`, as in Twilio's own SDKs. An edge alone means the region us1. */
export function twilioApiUrl(edge: string | undefined, region: string | undefined, problems: string[]): URL {
  if (!edge && !region) return new URL('https://api.twilio.com');
  const known = edge ?? EDGES.get(region ?? '');
  if (!known) {
    problems.push(
      `TWILIO_REGION must be one of ${[...EDGES.keys()].join(', ')}, or TWILIO_EDGE must be set.`,
    );
  }
  return new URL(`https://api.${known ?? 'ashburn'}.${region ?? 'us1'}.twilio.com`);
}
