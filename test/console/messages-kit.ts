import { execFileSync } from 'node:child_process';
import { rfc2822 } from '../../src/sandbox/dates.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

/** Sends what a copied curl command sends: a shell makes its arguments. */
export async function runCurl(command: string, key = ''): Promise<unknown> {
  const script = command.replace(/^curl/, 'printf "%s\\0"');
  const env = { GATEWAY_KEY: key };
  const [url = '', ...words] = execFileSync('sh', ['-c', script], { env })
    .toString()
    .split('\0')
    .slice(0, -1);
  const valuesOf = (option: string) => words.filter((_, index) => words[index - 1] === option);
  const headers = valuesOf('-H').map((line) => line.split(': ', 2) as [string, string]);
  const response = await fetch(url, { method: 'POST', headers, body: valuesOf('-d')[0] ?? '' });
  return response.json();
}

/** Adds a message of a minute to the parent account. */
export function plant(sandbox: Sandbox, at: number, message: Record<string, unknown>): string {
  const date = rfc2822(Math.floor(at / 1_000));
  return sandbox.addMessage('parent', { date_created: date, date_sent: date, ...message } as never).sid;
}
