import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** What a token takes once it is parsed: itself, its nodes and their places. As measured, rounded up. */
const BYTES_PER_TOKEN = 500;

/** More than any client has. Only those who make up their queries have more, and ask each but once. */
const MOST = 500;
/** All of them at 130 tokens; of the largest, a dozen. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Of what is no GraphQL at all, which nobody has to be told fast. */
const MOST_BYTES_OF_ERRORS = 2 * 1024 * 1024;

/**
 * Keeps parsed documents by their text, and no more of them than fit. Yoga's own cache counts documents, and a
 * thousand of the largest that are allowed are 2.4 GB.
 */
export function createParsedDocuments() {
  return {
    documentCache: new LRUCache<string, DocumentNode>({
      max: MOST,
      maxSize: MOST_BYTES,
      sizeCalculation: (document, text) => bytesOf(document, text),
    }),
    errorCache: new LRUCache<string, object>({
      max: MOST,
      maxSize: MOST_BYTES_OF_ERRORS,
      sizeCalculation: (_error, text) => bytesOfText(text),
    }),
  };
}

/** About what a document and its text take in memory. */
export function bytesOf({ tokenCount = 0 }: DocumentNode, text: string): number {
  return tokenCount * BYTES_PER_TOKEN + bytesOfText(text);
}

/** Up to two bytes a character, and what an entry itself takes. */
const bytesOfText = (text: string) => 2 * text.length + 1_000;
