import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createCeiling, enter } from './upstream/ceiling.ts';
import { newestDate } from './upstream/messages.ts';
import { ACCESS_TOKEN, NO_TOKEN, NOT_FOUND, type RouteResult, route, TOO_MANY } from './upstream/routes.ts';
import { createTemplates } from './upstream/templates.ts';

/** A fixed fake of Twilio. Environment: PORT, and NEWEST_DATE (milliseconds) of the newest message. */
const templates = createTemplates(Number(process.env.NEWEST_DATE ?? newestDate()));
const ceiling = createCeiling();
const calls = { list: 0, message: 0, account: 0, accounts: 0, media: 0, token: 0 };
let latencyMs = 0;
let answered = 0;
let hangs: string | null = null;

/** Body of `POST /_bench`, which changes the given settings and resets the counts. */
interface Settings {
  latencyMs?: number;
  limit?: number | null;
  /** Requests whose path contains this text get no response. */
  hangs?: string | null;
}

const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  const url = request.url ?? '/';
  if (url === '/_bench') return void control(request, response);
  if (url.startsWith('/v2/token')) {
    calls.token += 1;
    request.resume();
    return send(response, 200, ACCESS_TOKEN);
  }
  if (!request.headers.authorization?.startsWith('Bearer ')) return send(response, 401, NO_TOKEN);
  if (hangs !== null && url.includes(hangs)) return;
  const found = route(url, templates);
  if (found) calls[found.kind] += 1;
  if (!enter(ceiling)) return send(response, 429, TOO_MANY);
  if (latencyMs === 0) return finish(response, found);
  setTimeout(finish, latencyMs, response, found);
});

function finish(response: ServerResponse, found: RouteResult | undefined): void {
  ceiling.running -= 1;
  answered += 1;
  send(response, found?.status ?? 404, found?.body ?? NOT_FOUND);
}

function send(response: ServerResponse, status: number, body: Buffer): void {
  response.writeHead(status, [
    'Content-Type',
    'application/json',
    'Content-Length',
    String(body.length),
    'Twilio-Concurrent-Requests',
    String(ceiling.running + 1),
    'Twilio-Request-Id',
    'RQ4b2c6d8e0f1a2b3c4d5e6f708192a3b4',
    'Twilio-Request-Duration',
    '0.001',
  ]);
  response.end(body);
}

async function control(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { refused, peak, running, limit } = ceiling;
  const state = { calls: { ...calls }, answered, refused, peak, running, limit, latencyMs };
  if (request.method === 'POST') {
    const settings = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}') as Settings;
    if (settings.latencyMs !== undefined) latencyMs = settings.latencyMs;
    if (settings.limit !== undefined) ceiling.limit = settings.limit;
    if (settings.hangs !== undefined) hangs = settings.hangs;
    for (const kind of Object.keys(calls)) calls[kind as keyof typeof calls] = 0;
    answered = 0;
    ceiling.refused = 0;
    ceiling.peak = ceiling.running;
  }
  send(response, 200, Buffer.from(JSON.stringify(state)));
}

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`listening ${address.port}\n`);
});
process.once('disconnect', () => process.exit(0));
