import type { Dice } from '../../fuzz/dice.ts';
import type { World } from '../../fuzz/documents.ts';
import { HOSTILE_STRINGS } from '../../fuzz/hostile-values.ts';
import type { Parts } from './write.ts';

const PATHS: readonly string[] = [
  '/',
  '//',
  '/graphql/',
  '/graphql//',
  '/GraphQL',
  '/graphql/../graphql',
  '/graphql%00',
  '/graphql;x=1',
  '/%67raphql',
  '//evil.example/graphql',
  '/x/graphql',
  '/x/../graphql',
  '/%2e/graphql',
  '/graphql#x',
  'http://evil.example/graphql',
  'http://localhost/graphql?query={viewer{name}}',
  '/../../etc/passwd',
  '/..%2f..%2fetc%2fpasswd',
  '/credentials/../../src/main.ts',
  '/src/main.ts',
  '/.env',
  '/.git/config',
  '/data/gateway.db',
  '/node_modules/',
  '/__proto__',
  '/constructor',
  '/toString',
  '/credentials/__proto__',
  '/credentials/constructor',
  '/credentials?%00',
  '/credentials/rename?id=__proto__',
  '/credentials/remove?id=../../x',
  '/credentials/keys/revoke?id=constructor',
  '/oauth/callback',
  '/oauth/callback?code=x&state=y',
  '/oauth/callback?error=access_denied&error_description=<script>alert(1)</script>&state=',
  `/oauth/callback?state=${'s'.repeat(5_000)}&again=1`,
  '/oauth/start',
  '/metrics',
  '/metrics/',
  '/metrics?x=1',
  '/health',
  '/health/',
  '/health?%zz',
  '/ready',
  '/ready?require=',
  '/ready?require=store,,store',
  '/_sandbox/switches',
  '/2010-04-01/Accounts.json',
  '/v2/token',
  `/${'a'.repeat(8_000)}`,
  `/graphql?${'a=b&'.repeat(2_000)}`,
  '/graphql?query',
  '/graphql?query=&query=',
  '/graphql?query={viewer{name}}&query={account{sid}}',
  '/graphql?query=mutation{revokeApiKey(id:"x")}',
  '/graphql?variables={&query={viewer{name}}',
  '/graphql?query={viewer{name}}&variables=[1]&extensions=null',
  '/graphql?documentId=__proto__',
  '/graphql?documentId=ListMessages&variables=%7B%22first%22%3A-1%7D',
  '/graphql?query=%ff%fe',
  '/graphql?%',
  '*',
];

const METHODS = [
  'GET',
  'GET',
  'GET',
  'POST',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'PATCH',
  'TRACE',
  'PROPFIND',
  'PURGE',
  'M-SEARCH',
  'QUERY',
];

/** Paths and methods of all kinds, including GraphQL by GET. */
export function hostilePath(dice: Dice, world: World): Parts {
  if (dice.chance(0.25)) {
    const { after = [''] } = world;
    const parameters = new URLSearchParams({
      documentId: 'ListMessages',
      variables: JSON.stringify({ first: dice.int(4), after: dice.pick([...after, ...HOSTILE_STRINGS]) }),
    });
    return { target: `/graphql?${parameters}` };
  }
  const method = dice.pick(METHODS);
  const target = dice.pick(PATHS);
  return { method, target, ...(method === 'POST' ? { body: '{"query":"{ viewer { name } }"}' } : {}) };
}
