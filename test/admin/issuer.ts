import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';

/** Behaviour of the issuer: normal, 503, closed connections, no response, or an empty key set. */
export type IssuerState = 'up' | 'failing' | 'down' | 'hanging' | 'empty';

/** Starts an issuer of JWTs with a JWKS endpoint, until the test ends. */
export async function startIssuer() {
  const newKey = async (kid: string) => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' } };
  };
  let key = await newKey('one');
  let state: IssuerState = 'up';
  const requests: string[] = [];

  function answer(path: string, response: ServerResponse): void {
    const keys = state === 'empty' ? [] : [key.jwk];
    const body = path === '/jwks' ? { keys } : { issuer: url, jwks_uri: `${url}/jwks` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (state === 'down') request.socket.destroy();
    else if (state === 'failing') response.writeHead(503).end();
    else if (state !== 'hanging') answer(request.url ?? '', response);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const sign = (
    claims: object,
    { audience = 'gateway', by = key.privateKey, kid = key.kid, from = url, life = '5m' } = {},
  ) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuer(from)
      .setAudience(audience)
      .setSubject('anna')
      .setExpirationTime(life)
      .sign(by);
  return {
    url,
    sign,
    /** The paths of all requests. */
    requests,
    set(next: IssuerState) {
      state = next;
    },
    /** Replaces the key, also in the key set. */
    async rotate(kid: string) {
      key = await newKey(kid);
    },
  };
}
