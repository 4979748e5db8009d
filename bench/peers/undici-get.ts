import { Pool } from 'undici';
import { AUTHORIZATION, CONNECTIONS, UPSTREAM_URL } from './environment.ts';

const pool = new Pool(UPSTREAM_URL, { connections: CONNECTIONS });
const headers = { authorization: AUTHORIZATION };

/** Reads JSON over kept-alive connections; null for what does not exist. */
export async function get<T>(path: string): Promise<T> {
  const { statusCode, body } = await pool.request({ path, method: 'GET', headers });
  if (statusCode === 200) return (await body.json()) as T;
  await body.dump();
  throw new Error(`The upstream answered ${statusCode}.`);
}

/** Reads the bytes as they are. */
export async function getStream(path: string) {
  const { body, headers } = await pool.request({
    path,
    method: 'GET',
    headers: { authorization: AUTHORIZATION },
  });
  return { body, length: String(headers['content-length']) };
}
