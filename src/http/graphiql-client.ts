/**
 * The script of GraphiQL's page. It sends the requests, and shows above the editor who the caller is or why the schema
 * cannot load. It is text, because it runs in browsers only.
 *
 * A key from the header editor applies to all tabs. It is kept in sessionStorage, which ends with the browser's tab,
 * once the gateway accepted it. Without a key, a request names the session of /login; scripts of other origins
 * cannot send that header.
 */
export const CLIENT = `
function startGraphiql(options) {
  const STORED = 'gateway-authorization';
  const status = document.querySelector('#caller');
  const forget = document.querySelector('#forget');
  let key = sessionStorage.getItem(STORED);
  let hasSchema = false;
  let shown;
  // From a link of the console. A fragment is not sent to a server; it has phone numbers in it.
  const carried = new URLSearchParams(location.hash.slice(1));
  if (carried.has('query')) history.replaceState(null, '', location.pathname);

  function show(text, isProblem) {
    status.textContent = text;
    status.className = isProblem ? 'problem' : '';
    forget.hidden = key === null;
  }

  /** Headers that are empty or still the hint are not sent. */
  function headersFrom(edited) {
    const headers = {};
    for (const [name, value] of Object.entries(edited ?? {})) {
      if (value && !String(value).includes('…')) headers[name.toLowerCase()] = String(value);
    }
    if (!headers.authorization && key !== null) headers.authorization = key;
    if (!headers.authorization) headers['x-gateway-session'] = '1';
    return headers;
  }

  async function send(body, headers) {
    const response = await fetch(location.pathname, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
      body: JSON.stringify(body),
    });
    return response.json();
  }

  function remember(authorization) {
    if (!authorization || authorization === key) return;
    key = authorization;
    sessionStorage.setItem(STORED, key);
  }

  async function showCaller(headers) {
    shown = headers.authorization;
    const { data } = await send({ query: '{ viewer { name role } }' }, headers);
    if (data) show('Signed in as ' + data.viewer.name + ' (' + data.viewer.role + ')', false);
  }

  function showProblem(errors, hasKey) {
    const { message = 'The response has no schema.', extensions } = errors?.[0] ?? {};
    let todo = '';
    if (/^(?:UNAUTHENTICATED|API_KEY_|TOKEN_INVALID)/.test(extensions?.code ?? '')) {
      todo = hasKey
        ? ' Correct the key under Headers and run a query, or forget it and sign in at /login.'
        : ' Paste a key under Headers and run a query, or sign in at /login.';
    }
    show('The schema cannot load: ' + message + todo, true);
  }

  function reloadSchema() {
    document.querySelector('button[aria-label^="Re-fetch"]')?.click();
  }

  async function fetcher(body, { headers: edited } = {}) {
    const headers = headersFrom(edited);
    const isSchema = body.operationName === 'IntrospectionQuery';
    let result;
    try {
      result = await send(body, headers);
    } catch (error) {
      show('The gateway cannot be reached. Check that it runs, then reload the page.', true);
      throw error;
    }
    if (result.data) remember(headers.authorization);
    if (isSchema) {
      hasSchema = Boolean(result.data);
      if (hasSchema) await showCaller(headers);
      else showProblem(result.errors, Boolean(headers.authorization));
    } else if (result.data && !hasSchema) reloadSchema();
    else if (result.data && shown !== headers.authorization) await showCaller(headers);
    return result;
  }

  forget.addEventListener('click', () => {
    sessionStorage.removeItem(STORED);
    location.reload();
  });
  YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
    ...options,
    ...(carried.has('query') && { query: carried.get('query'), variables: carried.get('variables') ?? '' }),
    fetcher,
    // GraphiQL keeps its tabs; a query in the address would come back as one more, and has phone numbers in it.
    onEditQuery() {},
  });
}`;

/** The line above the editor, and panes one above the other in narrow windows. */
export const CLIENT_STYLE = `
body { display: flex; flex-direction: column; height: 100dvh; margin: 0; }
#root { flex: 1; min-height: 0; height: auto; overflow: auto; }
#root .graphiql-container { height: 100%; }
#gateway {
  display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; padding: 6px 16px;
  font: 14px/1.4 system-ui, sans-serif; color: #222; background: #f3f4f6;
}
#gateway h1 { font-size: 14px; margin: 0; }
#gateway p { margin: 0; flex: 1 1 16em; }
#gateway .problem { color: #9b1c1c; font-weight: 600; }
#gateway a { color: #0b4fa8; }
/* GraphiQL leaves an offset on its tabs, and applies it to a tab that gets the focus: the tab would move away from a click. */
#root .graphiql-tab { transform: none !important; }
@media (max-width: 640px) {
  #root .graphiql-container { min-height: 900px; }
  #root :has(> .graphiql-editors) { flex-direction: column; }
  #root .graphiql-editors, #root .graphiql-response { flex: 1 !important; min-height: 0; width: 100%; }
  #root .graphiql-horizontal-drag-bar, #root .graphiql-logo { display: none; }
}
`;
