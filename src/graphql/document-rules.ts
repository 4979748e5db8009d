import type { GraphQLSchema } from 'graphql';
import type { DocumentRules } from '../admin/documents.ts';
import type { Config } from '../config/config.ts';
import { createDocumentCheck } from './document-check.ts';
import { readDocumentSet } from './document-set.ts';
import { shippedDocuments } from './trusted-documents.ts';

/**
 * Reads the documents that are not in the store, each time they are needed.
 *
 * @throws {ConfigError} with every problem of DOCUMENTS
 */
export function createDocumentRules(schema: GraphQLSchema, config: Config): DocumentRules {
  const { documents: path, limits } = config;
  const check = createDocumentCheck(schema, config);
  const shipped = shippedDocuments();
  const reserved = new Set(shipped.map(({ name }) => name));
  const files = () => (path === undefined ? [] : readDocumentSet(path, { check, reserved, limits }));
  return { check, fixed: () => [...shipped, ...files()] };
}
