import { createHash } from 'node:crypto';
import type { GraphiQLOptions } from 'graphql-yoga';

const TABS = [
  `# Who the gateway reads as, and what those credentials may do.
query Credentials {
  credentials {
    nickname
    accountSid
    permissions { permission granted }
  }
}`,
  `# The newest messages that failed, and why.
query FailedMessages {
  messages(first: 10, filter: { status: [FAILED, UNDELIVERED] }) {
    nodes {
      sid
      to
      dateSent
      delivery { outcome error { code title explanation } }
    }
    pageInfo { hasNextPage endCursor }
    scannedCount
  }
}`,
  `# The account, its subaccounts, and the messages of those a credential opens.
query Subaccounts {
  account {
    friendlyName
    ... on Account {
      subaccounts(first: 10) {
        nodes { sid friendlyName status hasCredential }
      }
    }
  }
}`,
  `# WhatsApp messages of the last days with their media.
query WithMedia {
  messages(first: 5, filter: { channel: [WHATSAPP], hasMedia: true }) {
    nodes { sid from to body media { contentType } }
    pageInfo { endCursor }
  }
}`,
];

/** What GraphiQL opens with. */
export const graphiqlOptions: GraphiQLOptions = {
  title: 'Twilio GraphQL gateway',
  defaultQuery: TABS[0] ?? '',
  defaultTabs: TABS.map((query) => ({ query })),
  // Where the gateway asks for a key, it goes behind "Bearer "; empty headers count as not sent.
  defaultHeaders: '{\n  "Authorization": "",\n  "X-Twilio-Credential": ""\n}',
  shouldPersistHeaders: false,
};

let page: string | undefined;
let policy: string | undefined;

/** Renders the page with all its scripts in it, from the package: nothing is fetched from anywhere else. */
export async function renderGraphiql(options: GraphiQLOptions): Promise<string> {
  // Five megabytes of script that most processes never serve.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  page ??= renderGraphiQL(options);
  return page;
}

/** The Content-Security-Policy of that page: its own scripts, by their hashes, and nothing from elsewhere. */
export function graphiqlPolicy(): string {
  policy ??= [
    "default-src 'none'",
    `script-src ${scriptsOf(page ?? '').join(' ')}`,
    // The editor makes its styles and its workers while it runs.
    "style-src 'unsafe-inline'",
    'worker-src blob: data:',
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return policy;
}

function scriptsOf(html: string): string[] {
  return [...html.matchAll(/<script\b[^>]*>(.*?)<\/script>/gs)].map(
    ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  );
}
