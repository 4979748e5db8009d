// A single-page app that signs its user in with OpenID Connect and reads messages with the access token.
import { UserManager } from 'oidc-client-ts';

// Where the gateway and the issuer are, and what the app is called there.
const { gateway, issuer, clientId, audience } = await (await fetch('settings.json')).json();

const users = new UserManager({
  authority: issuer,
  client_id: clientId,
  redirect_uri: new URL('index.html', location.href).href,
  scope: 'openid',
  // The access token is for the gateway. Some issuers want `extraQueryParams: { audience }` instead.
  resource: audience,
  extraTokenParams: { resource: audience },
});

const problem = (text) => {
  document.querySelector('#problem').textContent = text;
};

async function readMessages(accessToken) {
  const response = await fetch(new URL('/graphql', gateway), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ query: '{ messages(first: 10) { nodes { sid status body } } }' }),
  });
  const { data, errors } = await response.json();
  if (errors) problem(errors.map(({ message }) => message).join('\n'));
  return data?.messages?.nodes ?? [];
}

async function show() {
  if (new URLSearchParams(location.search).has('code')) {
    await users.signinCallback();
    // The code is of no more use, and should not be in the history.
    history.replaceState(null, '', location.pathname);
  }
  const user = await users.getUser();
  document.querySelector('#sign-in').hidden = Boolean(user && !user.expired);
  if (!user || user.expired) return;
  for (const { sid, status, body } of await readMessages(user.access_token)) {
    const item = document.createElement('li');
    item.textContent = `${status} ${body}`;
    item.dataset.sid = sid;
    document.querySelector('#messages').append(item);
  }
}

document.querySelector('#sign-in').addEventListener('click', () => users.signinRedirect());
await show().catch(({ message }) => problem(message));
