import { complexityFromQuery } from '@pothos/plugin-complexity';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { getOperationAST } from 'graphql';
import { QueryTooCostlyError } from '../../errors/limits.ts';
import type { CostContext, Measure } from '../../schema/cost.ts';
import { type Variables, variableError } from './check-variables.ts';
import { costShape } from './cost-shape.ts';
import { judgeable, withoutIds } from './judgeable.ts';
import { createSchemaSize } from './schema-size.ts';

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

/** Judges valid documents. Plain functions, so that whatever executes queries can call them. */
export interface QueryCosts {
  /**
   * Undefined where the variables do not fit, which the execution says better.
   *
   * @param credentials how many the caller may use
   */
  costOf(
    document: DocumentNode,
    operationName: string | null | undefined,
    variables: Variables,
    credentials?: number,
  ): QueryCost | undefined;
  /** The refusal of a query that may cost more than the limits allow; undefined for all others. */
  refuse(
    document: DocumentNode,
    operationName: string | null | undefined,
    variables: Variables,
    credentials?: number,
  ): QueryTooCostlyError | undefined;
}

/** Costs kept for one document; a client that sends ever other page sizes pays for them itself. */
const MAX_KEPT = 64;
/** Longer than any variables of ours; made-up ones must not fill the memory. */
const MAX_KEY = 1_000;

export function createQueryCosts({
  schema,
  scanBudget,
  maxQueryCalls: maxCalls,
  maxQueryRows: maxRows,
  maxQueryValues: maxValues,
}: QueryCostOptions): QueryCosts {
  const known = new WeakMap<DocumentNode, Map<string, QueryCost>>();
  const schemaSize = createSchemaSize(schema);

  const costOf: QueryCosts['costOf'] = (document, operationName, variables, credentials = 0) => {
    const kept = known.get(document) ?? new Map<string, QueryCost>();
    known.set(document, kept);
    const key = `${credentials}:${operationName ?? ''}${costShape(variables)}`;
    const before = kept.get(key);
    if (before) return before;
    const operation = getOperationAST(document, operationName);
    const sums = operation && compute({ schema, scanBudget, credentials }, document, operation, variables);
    if (!sums) return undefined;
    const schemaBytes = schemaSize.of(document, operation);
    const cost = schemaBytes > 0 ? { ...sums, schemaBytes } : sums;
    if (key.length > MAX_KEY) return cost;
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(key, cost);
    return cost;
  };

  return {
    costOf,
    refuse(document, operationName, variables, credentials) {
      const cost = costOf(document, operationName, variables, credentials);
      if (!cost) return undefined;
      const { calls, rows, values, schemaBytes = 0 } = cost;
      if (calls > maxCalls) return new QueryTooCostlyError('calls', maxCalls, calls);
      if (rows > maxRows) return new QueryTooCostlyError('rows', maxRows, rows);
      if (values > maxValues) return new QueryTooCostlyError('values', maxValues, values);
      if (schemaBytes > schemaSize.max) {
        return new QueryTooCostlyError('schemaBytes', schemaSize.max, schemaBytes);
      }
      return undefined;
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
  const query = judgeable(only);
  const values = withoutIds(operation.variableDefinitions ?? [], variables);
  const sum = (measure: Measure, of = query): number => {
    const ctx: CostContext = { ...context, measure };
    return complexityFromQuery(of, { schema, ctx, variables: values }).complexity;
  };
  return {
    calls: sum('calls') + sum('mediaCalls'),
    rows: sum('rows'),
    values: sum('values', judgeable(only, { typenames: true })),
  };
}
