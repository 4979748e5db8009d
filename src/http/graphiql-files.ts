import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { GraphiQLOptions } from 'graphql-yoga';
import { CLIENT, CLIENT_STYLE } from './graphiql-client.ts';
import { TABS } from './graphiql-tabs.ts';

// Values with an ellipsis or none are not sent.
const HEADERS = '{\n  "Authorization": "Bearer tgw_…",\n  "X-Twilio-Credential": ""\n}';

/** GraphiQL's initial state. */
const OPTIONS: GraphiQLOptions = {
  title: 'Twilio GraphQL gateway',
  defaultQuery: '',
  defaultTabs: TABS.map((tab) => ({ ...tab, headers: HEADERS })),
  defaultHeaders: HEADERS,
  shouldPersistHeaders: false,
};

/** The page's Content-Security-Policy: scripts and workers of this gateway, and nothing from elsewhere. */
export const GRAPHIQL_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  // The editor makes its styles while it runs.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** One file of GraphiQL's. */
export interface GraphiqlFile {
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Of its content, in base64url. */
  readonly hash: string;
}

export interface Graphiql {
  readonly page: GraphiqlFile;
  /** What the page loads, by path. A path has the hash in it, so that what is at one never changes. */
  readonly assets: ReadonlyMap<string, GraphiqlFile>;
}

export const ASSETS = '/graphiql/';

/** Makes the files from the package @graphql-yoga/render-graphiql: nothing is fetched from anywhere else. */
export async function makeGraphiql(): Promise<Graphiql> {
  const parts = await import('@graphql-yoga/render-graphiql/graphiql');
  const assets = new Map<string, GraphiqlFile>();

  /** @returns its path, relative to the page's: a proxy may have put a prefix before both */
  function add(name: string, type: string, content: string | Buffer<ArrayBuffer>): string {
    const file = fileOf(type, content);
    const [base, extension] = name.split('.');
    const path = `${ASSETS}${base}.${file.hash}.${extension}`;
    assets.set(path, file);
    return path.slice(1);
  }

  const script = 'text/javascript; charset=utf-8';
  const workers = {
    editorWorkerService: add('editor-worker.js', script, parts.editorWorkerService),
    json: add('json-worker.js', script, parts.jsonWorker),
    graphql: add('graphql-worker.js', script, parts.graphqlWorker),
  };
  const icon = add('icon.ico', 'image/x-icon', Buffer.from(parts.favicon.replace(/^.*,/, ''), 'base64'));
  const style = add('graphiql.css', 'text/css; charset=utf-8', `${parts.css}\n${CLIENT_STYLE}`);
  const app = add('graphiql.js', script, `${setUp(workers)}\n${parts.js};\n${CLIENT}\n${START}`);
  const page = fileOf(
    'text/html',
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${OPTIONS.title}</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${style}">
</head>
<body id="body" class="no-focus-outline">
<noscript>GraphiQL needs JavaScript.</noscript>
<header id="gateway">
<h1>${OPTIONS.title}</h1>
<p id="caller" role="status">Loading the schema…</p>
<button id="forget" type="button" hidden>Forget the key</button>
<a href="login?next=/graphql">Sign in or out</a>
</header>
<main id="root"></main>
<script src="${app}"></script>
</body>
</html>
`,
  );
  return { page, assets };
}

function fileOf(type: string, content: string | Buffer<ArrayBuffer>): GraphiqlFile {
  // Not of the pool that small buffers share, which could not be handed to another thread.
  const body = new Uint8Array(Buffer.from(content));
  return { type, body, hash: createHash('sha256').update(body).digest('base64url').slice(0, 22) };
}

/** Tells the editor where its workers are. */
function setUp(workers: Readonly<Record<string, string>>): string {
  return `self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_, label) => new URL(${JSON.stringify(workers)}[label], document.baseURI).href,
};`;
}

const START = `startGraphiql(${JSON.stringify(OPTIONS)});`;

/**
 * Runs {@link makeGraphiql} in a thread of its own. To load nine megabytes of script would block this one for
 * half a second, and they would stay in its memory beside the files that are made of them.
 */
export function loadGraphiql(): Promise<Graphiql> {
  // Compiled or not, as this file is.
  const worker = new URL(`./graphiql-worker${extname(import.meta.url)}`, import.meta.url);
  return new Promise((resolve, reject) => {
    new Worker(worker, { execArgv: [] })
      .once('message', resolve)
      .once('error', reject)
      .once('exit', () => reject(new Error('GraphiQL could not be loaded.')));
  });
}
