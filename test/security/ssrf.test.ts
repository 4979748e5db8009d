import fc from 'fast-check';
import { expect, test } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { createDice, type Dice } from '../fuzz/dice.ts';
import { makeDocument, type World } from '../fuzz/documents.ts';
import { HOSTILE_STRINGS } from '../fuzz/hostile-values.ts';
import { mangle } from '../fuzz/mangle.ts';
import { faultsOf } from '../fuzz/responses.ts';
import { runs, within } from '../fuzz/runs.ts';
import { worldOf } from '../fuzz/world.ts';
import { hostileBody } from '../hostile/requests/bodies.ts';
import { createVisitor } from '../sign-in/visitor.ts';
import { type OutgoingRequest, recordOutgoing } from './outgoing.ts';
import { overSockets } from './over-sockets.ts';

const ACCOUNT = '/2010-04-01/Accounts/AC[0-9a-fA-F]{32}';
const MESSAGE = `${ACCOUNT}/Messages/(?:SM|MM)[0-9a-fA-F]{32}`;
/** The reads of Twilio's documentation that the gateway uses, and no others. */
const READS = [
  `${ACCOUNT}\\.json`,
  `${MESSAGE}\\.json`,
  `${ACCOUNT}/Messages\\.json\\?\\S*`,
  `${MESSAGE}/Media\\.json\\?\\S*`,
  '/2010-04-01/Accounts\\.json\\?\\S*',
  `${ACCOUNT}/Usage/Records(?:/(?:Daily|Monthly|Yearly|AllTime))?\\.json\\?\\S*`,
].map((shape) => new RegExp(`^${shape}$`));
const PARAMETERS = new Set([
  ...['To', 'From', 'DateSent<', 'DateSent>', 'FriendlyName', 'Status'],
  ...['PageSize', 'Page', 'PageToken'],
  ...['Category', 'StartDate', 'EndDate', 'IncludeSubaccounts'],
]);

const EVIL = ['https://evil.example', 'http://127.0.0.1:9', '//evil.example', 'http://169.254.169.254'];

/** Values instead of a SID: paths, and SIDs of other resources. */
const MISLEADING = [
  ...[
    '../../v2/token?',
    'x/../../..',
    '@evil.example',
    `AC${'0'.repeat(32)}/../..`,
    `AC${'0'.repeat(32)}.json?`,
  ],
  ...['SM', 'ME', 'XX'].map((kind) => kind + 'a'.repeat(32)),
];

type Over = Awaited<ReturnType<typeof overSockets>>;

/** Lists forbidden requests: to another host, with another method, or to another path. */
function wrongOf(requests: readonly OutgoingRequest[], { api, oauth }: Over): string[] {
  return requests
    .filter(({ origin, method, path }) => {
      if (origin === oauth) return method !== 'POST' || path !== '/v2/token';
      if (origin !== api || method !== 'GET' || !READS.some((shape) => shape.test(path))) return true;
      const { searchParams } = new URL(path, api);
      return [...searchParams.keys()].some((name) => !PARAMETERS.has(name));
    })
    .map(({ origin, method, path }) => `${method} ${origin}${path}`);
}

/** Changes responses: other hosts instead of Twilio's, or other damage. */
function twistBy(dice: Dice): Parameters<Over['twist']>[0] {
  return (answer, path) => {
    const evil = dice.pick(EVIL);
    if (dice.chance(0.1))
      return { ...answer, status: dice.pick([301, 302, 307, 308]), headers: { location: `${evil}${path}` } };
    const uris = /("(?:next_page_uri|previous_page_uri|first_page_uri|uri|media|feedback)":")(?=\/)/g;
    const named = dice.chance(0.6) ? answer.body.replaceAll(uris, `$1${evil}`) : answer.body;
    const sids = /("(?:sid|account_sid|parent_sid|owner_account_sid)": ?")[^"]*/g;
    const body = dice.chance(0.3) ? named.replaceAll(sids, (_, key) => key + dice.pick(MISLEADING)) : named;
    const headers: Record<string, string> = {
      ...answer.headers,
      link: `<${evil}>; rel="next"`,
      refresh: `0; url=${evil}`,
    };
    delete headers['content-length'];
    if (path === '/v2/token') {
      const more = { token_endpoint: evil, issuer: evil, jwks_uri: evil, scope: evil };
      return {
        ...answer,
        headers,
        body: answer.status === 200 ? JSON.stringify({ ...JSON.parse(body), ...more }) : body,
      };
    }
    return { ...answer, headers, body: dice.chance(0.5) ? mangle(body, dice) : body };
  };
}

/** Cursors of the same list with tokens that might be interpreted as another address. */
function forged(cursors: readonly unknown[]): string[] {
  const tokens = [
    '@evil.example/',
    '/../../v2/token?',
    'x&PageSize=1&To=y',
    '#',
    '://evil.example',
    '..%2f..',
  ];
  return cursors.flatMap((cursor) => {
    const fields = JSON.parse(Buffer.from(String(cursor), 'base64url').toString()) as unknown[];
    return tokens.map((token) => {
      const changed = fields.map((field, place) => (place >= 7 ? `1:${token}` : field));
      return Buffer.from(JSON.stringify(changed)).toString('base64url');
    });
  });
}

test("whatever clients and Twilio send, only Twilio's two hosts are called, and only for the documented reads and tokens", {
  timeout: within(60_000),
}, async () => {
  const out = recordOutgoing();
  const over = await overSockets();
  const found = await worldOf(over);
  const cursors = found.after ?? [];
  const world: World = { ...found, after: [...cursors, ...forged(cursors)] };
  const asked = { messages: 0, twisted: 0 };

  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const dice = createDice(seed);
      const before = out.requests.length;
      const twisted = dice.chance(0.6);
      over.twist(twisted ? twistBy(dice) : (answer) => answer);
      if (twisted) asked.twisted += 1;
      const made = dice.chance(0.5)
        ? JSON.stringify(
            makeDocument({
              schema,
              world,
              dice,
              size: 15,
              nonsense: 0.2,
              root: dice.chance(0.15) ? 'mutation' : 'query',
            }),
          )
        : hostileBody(dice, world).body.toString();
      // No ADMIN key is created, because the gateway would require keys afterwards.
      const body = made.replaceAll('ADMIN', 'READER');
      const headers = {
        'cache-control': dice.pick(['no-cache', 'stale-if-error=60', 'max-age=0']),
        ...(dice.chance(0.3)
          ? { 'x-twilio-credential': dice.pick(['sandbox', 'sandbox-subaccount', 'http://evil.example']) }
          : {}),
      };
      const answer = await over.post(body, headers);
      expect(faultsOf(answer, body)).toEqual([]);
      expect(wrongOf(out.requests.slice(before), over)).toEqual([]);
      if (out.requests.slice(before).some(({ path }) => path.includes('/Messages'))) asked.messages += 1;
    }),
    runs(1_750),
  );

  over.twist((answer) => answer);
  await addAndConsent(over);
  expect(wrongOf(out.requests, over)).toEqual([]);
  const hosts = [over.api, over.oauth].map((url) => new URL(url).host).sort();
  expect([...out.connections].sort()).toEqual(hosts);
  // The connections of the two servers, when they began to listen.
  expect([...out.names]).toEqual(['127.0.0.1']);
  // Otherwise nothing was tested.
  expect(asked.messages).toBeGreaterThan(20);
  expect(asked.twisted).toBeGreaterThan(50);
  // Usage records are one field of many, which few generated queries select.
  for (const shape of READS.slice(0, 5)) expect(out.requests.some(({ path }) => shape.test(path))).toBe(true);
});

/** Adds credentials, by GraphQL and by consent, with addresses in every field. */
async function addAndConsent({ post, sandbox, gateway, oauth }: Over): Promise<void> {
  const [app] = sandbox.apps;
  for (const text of HOSTILE_STRINGS) {
    const input = {
      nickname: text.slice(0, 60),
      clientId: text,
      clientSecret: text,
      accountSid: sandbox.accounts.active.sid,
    };
    for (const i of [input, { ...input, clientId: app?.clientId, clientSecret: app?.clientSecret }]) {
      const { status } = await post({
        query: 'mutation($i: AddCredentialInput!) { addCredential(input: $i) { id } }',
        variables: { i },
      });
      expect(status).toBeLessThan(500);
    }
  }
  const [organization] = sandbox.organizationApps;
  const visitor = createVisitor(gateway);
  const begun = await visitor.send('/oauth/consent', {
    nickname: 'by consent',
    clientId: organization?.clientId ?? '',
    clientSecret: organization?.clientSecret ?? '',
  });
  const leadsTo = new URL(((await begun.json()) as { url: string }).url);
  expect(leadsTo.origin).toBe(oauth);
  const state = leadsTo.searchParams.get('state') ?? '';
  const query = new URLSearchParams({ code: 'http://evil.example', state, iss: EVIL[0] ?? '', again: '1' });
  for (const more of ['', '&redirect_uri=http://evil.example', '&token_endpoint=//evil.example']) {
    // The first is rejected, because no key was created; the second is examined.
    for (const headers of [{ 'x-forwarded-host': 'evil.example' }, {}])
      await visitor.get(`/oauth/callback?${query}${more}`, headers);
  }
}
