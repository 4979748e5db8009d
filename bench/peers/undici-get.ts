import { Pool } from 'undici';
import { AUTHORIZATION, CONNECTIONS, UPSTREAM_URL } from './environment.ts';

const pool = new Pool(UPSTREAM_URL, { connections: CONNECTIONS });
const headers = { authorization: AUTHORIZATION };

/** Reads JSON over keep-alive connections; null for 404. */
export async function get<T>(path: string): Promise<T> {
  const { statusCode, body } = await pool.request({ path, method: 'GET', headers });
  if (statusCode === 200) return (await body.json()) as T;
  await body.dump();
  throw new Error(`The upstream answered ${statusCode}.`);
}

/** Reads the raw bytes. */
export async function getStream(path: string) {
  const { body, headers } = await pool.request({
    path,
    method: 'GET',
    headers: { authorization: AUTHORIZATION },
  });
  return { body, length: String(headers['content-length']) };
}
