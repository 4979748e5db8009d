import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { wireMessage } from '../wire-message.ts';
import { policyOf } from './history-suite.ts';
import { storeSuite } from './store-suite.ts';
import { sqliteHistory } from './stores.ts';

const engine = sqliteHistory();
storeSuite(engine);

test('what is erased is overwritten at once, in the rows and in the text index', async () => {
  const location = await engine.empty();
  const store = await engine.open(location);
  const accountSid = `AC${'c'.repeat(32)}`;
  await store.setPolicy(policyOf(accountSid));
  const texts = ['PLANTED-kirschtorte 가각갂갃', 'PLANTED-streuselkuchen 나낙낚낛'];
  const messages = texts.map((body, index) =>
    wireMessage({ sid: `SM${String(index).repeat(32)}`, account_sid: accountSid, body }),
  );
  const traces = async () => {
    // What every connection does now and then, and the last one when it closes.
    const other = new DatabaseSync(location);
    other.exec('pragma wal_checkpoint(truncate)');
    other.close();
    const bytes = await engine.bytes(location);
    return ['kirschtorte', '가각', '각갂', 'streuselkuchen', '나낙', '낙낚'].filter((one) =>
      bytes.includes(one),
    );
  };
  await store.savePage({ accountSid, messages, readAt: new Date() });
  expect(await traces()).toHaveLength(6);
  const [redacted] = messages;
  await store.savePage({ accountSid, messages: [{ ...redacted, body: '' } as never], readAt: new Date() });
  expect(await traces()).toEqual(['streuselkuchen', '나낙', '낙낚']);
  await store.eraseMessages(
    accountSid,
    messages.map(({ sid }) => sid),
  );
  expect(await traces()).toEqual([]);
  await store.close();
});
