import { complexityFromQuery } from '@pothos/plugin-complexity';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { getOperationAST, getVariableValues } from 'graphql';
import { QueryTooCostlyError } from '../../errors/limits.ts';
import type { CostContext, Measure } from '../../schema/cost.ts';
import { costShape } from './cost-shape.ts';
import { judgeable, withoutIds } from './judgeable.ts';

/** What a query may take at most, before anything is known of what is there. */
export interface QueryCost {
  /** Calls to Twilio, retries not included. */
  readonly calls: number;
  /** Messages and accounts, looked at by a filter or put into the answer. */
  readonly rows: number;
}

export type Variables = Readonly<Record<string, unknown>> | null | undefined;

export interface QueryCostOptions {
  readonly schema: GraphQLSchema;
  readonly scanBudget: number;
  readonly maxQueryCalls: number;
  readonly maxQueryRows: number;
}

/** Judges valid documents. Plain functions, so that whatever executes queries can call them. */
export interface QueryCosts {
  /** Undefined where the variables do not fit, which the execution says better. */
  costOf(
    document: DocumentNode,
    operationName: string | null | undefined,
    variables: Variables,
  ): QueryCost | undefined;
  /** The refusal of a query that may cost more than the limits allow; undefined for all others. */
  refuse(
    document: DocumentNode,
    operationName: string | null | undefined,
    variables: Variables,
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
}: QueryCostOptions): QueryCosts {
  const known = new WeakMap<DocumentNode, Map<string, QueryCost>>();

  const costOf: QueryCosts['costOf'] = (document, operationName, variables) => {
    const kept = known.get(document) ?? new Map<string, QueryCost>();
    known.set(document, kept);
    const key = `${operationName ?? ''}${costShape(variables)}`;
    const before = kept.get(key);
    if (before) return before;
    const operation = getOperationAST(document, operationName);
    const cost = operation && compute(schema, scanBudget, document, operation, variables);
    if (!cost) return undefined;
    if (key.length > MAX_KEY) return cost;
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(key, cost);
    return cost;
  };

  return {
    costOf,
    refuse(document, operationName, variables) {
      const cost = costOf(document, operationName, variables);
      if (!cost) return undefined;
      if (cost.calls > maxCalls) return new QueryTooCostlyError('calls', maxCalls, cost.calls);
      if (cost.rows > maxRows) return new QueryTooCostlyError('rows', maxRows, cost.rows);
      return undefined;
    },
  };
}

function compute(
  schema: GraphQLSchema,
  scanBudget: number,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): QueryCost | undefined {
  const definitions = operation.variableDefinitions ?? [];
  if (getVariableValues(schema, definitions, { ...variables }).errors) return undefined;
  // The plugin takes a document's first operation.
  const fragments = document.definitions.filter(({ kind }) => kind === 'FragmentDefinition');
  const query = judgeable({ ...document, definitions: [operation, ...fragments] });
  const values = withoutIds(definitions, variables);
  const sum = (measure: Measure): number => {
    const ctx: CostContext = { measure, scanBudget };
    return complexityFromQuery(query, { schema, ctx, variables: values }).complexity;
  };
  return { calls: sum('calls') + sum('mediaCalls'), rows: sum('rows') };
}
