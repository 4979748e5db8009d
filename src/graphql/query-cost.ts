import { complexityFromQuery } from '@pothos/plugin-complexity';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { QueryTooCostlyError } from '../errors/limits.ts';
import type { CostContext, Measure } from '../schema/cost.ts';
import { costShape } from './cost-shape.ts';
import { normalizeForCost, withoutIds } from './normalize-for-cost.ts';
import { createSchemaSize } from './schema-size.ts';
import { type Variables, variableError } from './variable-errors.ts';

/** What a query may take at most, before anything is known of what is there. */
export interface QueryCost {
  /** Calls to Twilio, retries not included. */
  readonly calls: number;
  /** Messages and accounts, looked at by a filter or put into the answer. */
  readonly rows: number;
  /** Fields of the response, in each row, aliases included. */
  readonly values: number;
  /** What it asks of the schema's description, as JSON; absent where that is nothing. */
  readonly schemaBytes?: number;
}

export interface QueryCostOptions {
  readonly schema: GraphQLSchema;
  readonly scanBudget: number;
  readonly maxQueryCalls: number;
  readonly maxQueryRows: number;
  readonly maxQueryValues: number;
}

/**
 * Computes what an operation may cost with these variables.
 *
 * @param credentials how many the caller may use
 * @returns undefined where the variables do not fit
 */
export type CostFunction = (variables: Variables, credentials?: number) => QueryCost | undefined;

export interface QueryCosts {
  /** The operation must be part of the document, and the document valid. */
  functionOf(document: DocumentNode, operation: OperationDefinitionNode): CostFunction;
  /** @throws {QueryTooCostlyError} for a cost above one of the limits */
  check(cost: QueryCost): void;
}

/** Costs remembered per operation; a client that keeps sending other page sizes pays for them itself. */
const MAX_REMEMBERED = 64;
/** Longer than any of our variables; made-up ones must not fill the memory. */
const MAX_KEY = 1_000;

export function createQueryCosts({
  schema,
  scanBudget,
  maxQueryCalls,
  maxQueryRows,
  maxQueryValues,
}: QueryCostOptions): QueryCosts {
  const schemaSize = createSchemaSize(schema);

  return {
    functionOf(document, operation) {
      const remembered = new Map<string, QueryCost>();
      return (variables, credentials = 0) => {
        const key = `${credentials}:${costShape(variables)}`;
        const before = remembered.get(key);
        if (before) return before;
        const sums = compute({ schema, scanBudget, credentials }, document, operation, variables);
        if (!sums) return undefined;
        const schemaBytes = schemaSize.of(document, operation);
        const cost = schemaBytes > 0 ? { ...sums, schemaBytes } : sums;
        if (key.length > MAX_KEY) return cost;
        if (remembered.size >= MAX_REMEMBERED) remembered.clear();
        remembered.set(key, cost);
        return cost;
      };
    },
    check({ calls, rows, values, schemaBytes = 0 }) {
      if (calls > maxQueryCalls) throw new QueryTooCostlyError('calls', maxQueryCalls, calls);
      if (rows > maxQueryRows) throw new QueryTooCostlyError('rows', maxQueryRows, rows);
      if (values > maxQueryValues) throw new QueryTooCostlyError('values', maxQueryValues, values);
      if (schemaBytes > schemaSize.max) {
        throw new QueryTooCostlyError('schemaBytes', schemaSize.max, schemaBytes);
      }
    },
  };
}

function compute(
  { schema, ...context }: Omit<CostContext, 'measure'> & { schema: GraphQLSchema },
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): QueryCost | undefined {
  if (variableError(schema, operation, variables)) return undefined;
  // The plugin takes a document's first operation.
  const fragments = document.definitions.filter(({ kind }) => kind === 'FragmentDefinition');
  const only = { ...document, definitions: [operation, ...fragments] };
  const query = normalizeForCost(only);
  const values = withoutIds(operation.variableDefinitions ?? [], variables);
  const sum = (measure: Measure, of = query): number => {
    const ctx: CostContext = { ...context, measure };
    return complexityFromQuery(of, { schema, ctx, variables: values }).complexity;
  };
  return {
    calls: sum('calls') + sum('mediaCalls'),
    rows: sum('rows'),
    values: sum('values', normalizeForCost(only, { typenames: true })),
  };
}
