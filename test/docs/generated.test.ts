import { expect, test } from 'vitest';
import { DOCUMENTS } from '../../scripts/docs/documents.ts';
import { readDocument } from './markdown.ts';

test.each(Object.entries(DOCUMENTS))('%s is what `npm run docs` generates', async (path, generate) => {
  const current = readDocument(path);
  expect(current).toBe(await generate(current));
});
