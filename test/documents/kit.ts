import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DEFAULT_HTTP } from '../../src/config/limits.ts';
import { listen } from '../../src/http/listen.ts';
import { createKit, type GraphQLResult } from '../kit.ts';

export const ONLY = { ...DEFAULT_HTTP, trustedDocumentsOnly: true };

/** Creates a folder with these files, which is removed after the test. */
export function folderOf(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-documents-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export interface Sent extends GraphQLResult {
  status: number;
}

/** Starts a gateway on a port that runs trusted documents only. */
export async function startOnly(path: string) {
  const kit = createKit({ config: { documents: path, http: ONLY } });
  const { url, close } = await listen(kit.gateway, 'localhost', 0);
  onTestFinished(async () => {
    await close(0);
    await kit.gateway.close();
  });
  return {
    kit,
    async post(body: object): Promise<Sent> {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, ...((await response.json()) as GraphQLResult) };
    },
    /** Objects are sent as JSON. */
    async get(params: Record<string, string | object>): Promise<Sent> {
      const entries = Object.entries(params).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]);
      const response = await fetch(`${url}/graphql?${new URLSearchParams(entries)}`);
      return { status: response.status, ...((await response.json()) as GraphQLResult) };
    },
  };
}
