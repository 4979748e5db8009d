import { expect, test } from 'vitest';
import { TABS } from '../../src/http/graphiql-tabs.ts';
import { createKit, noErrors } from '../kit.ts';

test.each(TABS)('GraphiQL tab $query', async ({ query, variables = '{}' }) => {
  const kit = createKit({ sandbox: { messages: 200 } });
  const { data } = noErrors(await kit.query(query, JSON.parse(variables)));
  const found = JSON.stringify(data);
  if (query.includes('OneMessage')) expect(data).toEqual({ message: null });
  else expect(found).toMatch(/"sid":"/);
});
