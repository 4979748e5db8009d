import pg from 'pg';
import { closeInTime } from './postgres-pool.ts';

/** Channel on which gateways announce changes. */
export const CHANNEL = 'twilio_graphql_gateway_changes';

const RETRY_MS = 1_000;

/**
 * Calls back for each change that another gateway announces. Uses its own connection and reconnects when it
 * breaks; also calls back after each connect, because announcements may have been missed.
 *
 * @returns a function that stops listening
 */
export function listenForChanges(config: pg.ClientConfig, onChange: () => void): () => Promise<void> {
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let current: pg.Client | undefined;

  async function connect(): Promise<void> {
    const client = new pg.Client(config);
    current = client;
    let lost = false;
    const reconnect = () => {
      if (lost || closed) return;
      lost = true;
      client.end().catch(() => {});
      timer = setTimeout(connect, RETRY_MS).unref();
    };
    client.on('error', reconnect);
    client.on('end', reconnect);
    client.on('notification', onChange);
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      onChange();
    } catch {
      reconnect();
    }
  }

  void connect();
  return async () => {
    closed = true;
    clearTimeout(timer);
    if (current) await closeInTime(current.end().catch(() => {}));
  };
}
