import { describe, expect, test } from 'vitest';
import { listening } from './kit.ts';

interface Answer {
  errors: { message: string; extensions: { code: string } }[];
}

describe('a malformed GraphQL request is a client error, in JSON', () => {
  test.each([
    'query={__typename}&variables={+4930901820',
    'query={__typename}&extensions={+4930901820',
    'query={__typename}&variables=[1]',
    'documentId=RetrieveAccount&variables={+4930901820',
    '',
    'operationName=x',
  ])('GET ?%s', async (parameters) => {
    const kit = await listening();
    const response = await fetch(`${kit.graphql}?${parameters.replaceAll('+', '%2B')}`);
    const { errors } = (await response.json()) as Answer;
    expect([response.status, errors.map(({ extensions }) => extensions.code)]).toEqual([
      400,
      ['BAD_REQUEST'],
    ]);
    expect(JSON.stringify(errors)).not.toContain('901820');
  });

  test.each([
    '',
    '{',
    'null',
    '123',
    '"x"',
    '{"query":1}',
    '{"query":""}',
    '{"query":"{__typename}","variables":[]}',
    '{"query":"{__typename}","variables":"x"}',
    '{"query":"{__typename}","extensions":"x"}',
    '{"query":"{__typename}","surprise":1}',
    '{"documentId":{"a":1}}',
    '{"__proto__":{"query":"{__typename}"}}',
  ])('POST %s', async (body) => {
    const kit = await listening();
    const response = await kit.post(body);
    const { errors } = (await response.json()) as Answer;
    expect([response.status, errors.map(({ extensions }) => extensions.code)]).toEqual([
      400,
      ['BAD_REQUEST'],
    ]);
  });

  test.each(['application/graphql', 'application/xml', 'application/jsonp'])('POST of %s', async (type) => {
    const kit = await listening();
    const response = await kit.post('{__typename}', { 'content-type': type });
    const { errors } = (await response.json()) as Answer;
    expect([response.status, errors[0]?.extensions.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/graphql+json',
    'Application/JSON ;charset="utf-8"',
  ])('a POST of %s is accepted', async (type) => {
    const kit = await listening();
    const response = await kit.post({ query: '{ __typename }' }, { 'content-type': type });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
