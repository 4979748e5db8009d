/** Opens the store in a separate process: `node store-process.ts <SQLite|PostgreSQL> <location> <open|churn>`. */
import { randomBytes } from 'node:crypto';
import { openPostgresStore } from '../../src/store/postgres-store.ts';
import type { Credential } from '../../src/store/records.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { cipher, newCredential } from './test-engines.ts';

const [engine, location = '', task] = process.argv.slice(2);
const store = await (engine === 'SQLite' ? openSqliteStore : openPostgresStore)(location, { cipher });
const say = (...words: string[]) => process.stdout.write(`${words.join(' ')}\n`);
const random = () => randomBytes(8).toString('hex');

if (task === 'churn') {
  const mine: Credential[] = [];
  for (;;) {
    const secret = random();
    const target = Math.random() < 0.5 ? mine[Math.floor(Math.random() * mine.length)] : undefined;
    if (target) {
      say('try', target.id, secret);
      await store.rotateSecret(target.id, secret);
      say('done', target.id, secret);
    } else {
      const added = await store.add(newCredential({ nickname: random(), clientSecret: secret }));
      mine.push(added);
      say('done', added.id, secret);
    }
  }
}
say('open');
await store.close();
