import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  specifiedRules,
  validate,
} from 'graphql';
import type { DocumentCheck, DocumentProblem } from '../admin/trusted-document.ts';
import { DEFAULT_HTTP, DEFAULT_LIMITS, type HttpSettings, type LimitSettings } from '../config/limits.ts';
import { parseDocument } from './document-limits.ts';
import { createQueryCosts } from './query-cost.ts';
import { smallestVariables } from './smallest-variables.ts';
import { validationRules } from './validation-rules.ts';

export interface DocumentCheckSettings {
  readonly limits?: LimitSettings | undefined;
  readonly http?: HttpSettings | undefined;
  readonly maxDepth: number;
  readonly scanBudget: number;
}

/** Problems reported of one document. */
const MAX_PROBLEMS = 100;

/**
 * Creates the check that a document must pass before callers may run it: what a request with its text would have to
 * pass, one named operation, and a cost within the limits for the cheapest variables.
 *
 * @param hasCosts whether the fields of the schema have weights, as those of the gateway's own schema
 */
export function createDocumentCheck(
  schema: GraphQLSchema,
  settings: DocumentCheckSettings,
  hasCosts = true,
): DocumentCheck {
  const { limits = DEFAULT_LIMITS, http = DEFAULT_HTTP, maxDepth, scanBudget } = settings;
  const costs = createQueryCosts({ schema, scanBudget, ...limits });
  const { introspection } = http;
  const rules = [...specifiedRules, ...validationRules({ limits, maxDepth, introspection })];

  function problemsOf(document: DocumentNode, operations: readonly OperationDefinitionNode[]) {
    const errors: Error[] = [...validate(schema, document, rules, { maxErrors: MAX_PROBLEMS })];
    const [operation, second] = operations;
    if (!operation || second) {
      const message = `A document has one operation, not ${operations.length}.`;
      errors.push(new GraphQLError(message, second ? { nodes: second } : {}));
    } else if (!operation.name) {
      errors.push(new GraphQLError('The operation needs a name.', { nodes: operation }));
    }
    if (errors.length > 0 || !operation || !hasCosts) return errors;
    const cost = costs.functionOf(document, operation)(smallestVariables(schema, operation), 1);
    if (cost) costs.check(cost);
    return errors;
  }

  return (text) => {
    // PostgreSQL cannot store it, and GraphQL allows it in comments.
    if (text.includes('\0')) {
      return { name: '', problems: [{ line: 1, column: 1, message: 'The text has a NUL character.' }] };
    }
    let name = '';
    try {
      const document = parseDocument(text, limits);
      const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
      name = operations[0]?.name?.value ?? '';
      const problems = problemsOf(document, operations).map(problemOf);
      return { name, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
    } catch (error) {
      return { name, problems: [problemOf(error as Error)] };
    }
  };
}

function problemOf(error: Error): DocumentProblem {
  const [location] = (error instanceof GraphQLError && error.locations) || [];
  return { line: location?.line ?? 1, column: location?.column ?? 1, message: error.message };
}
