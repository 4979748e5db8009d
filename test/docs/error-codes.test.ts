import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createKit } from '../kit.ts';
import { codeIn, ROOT, readDocument, tableUnder } from './markdown.ts';

/** Codes the libraries set; there is no other proof of them than an answer that carries one. */
const OF_LIBRARIES: Record<string, string> = {
  GRAPHQL_PARSE_FAILED: '{"query":"{"}',
  GRAPHQL_VALIDATION_FAILED: '{"query":"{ nothing }"}',
  OPERATION_RESOLUTION_FAILURE: '{"query":"query A { __typename } query B { __typename }"}',
  BAD_REQUEST: '{"query":',
};

const documented = tableUnder(readDocument('README.md'), 'Errors').map(([code]) => codeIn(code) ?? '');

test('every error code of the code stands in README.md, and no other', () => {
  const found = [...codesOfTheCode(), ...Object.keys(OF_LIBRARIES)];
  expect(found.length).toBeGreaterThan(15);
  expect([...documented].sort()).toEqual([...new Set(found)].sort());
});

test.each(Object.entries(OF_LIBRARIES))('%s is what the gateway answers', async (code, body) => {
  const response = await createKit().gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
});

/** The first argument of a GatewayError, or `code` in an error's extensions. */
function codesOfTheCode(): string[] {
  const files = readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' });
  return (
    files
      // The command line's own (USAGE, INTERRUPTED) never leave it.
      .filter((file) => file.endsWith('.ts') && !file.startsWith('commands/'))
      .flatMap((file) => [
        ...readDocument(`src/${file}`).matchAll(
          /super\(\s*'([A-Z_]{5,})'|\bextensions(?:: \{ code: |\.code = )'([A-Z_]{5,})'/g,
        ),
      ])
      .map(([, first, second]) => first ?? second ?? '')
  );
}
