import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getVariableValues,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { gatewayError } from '../errors/gateway-error.ts';
import type { CostContext, FieldCost, Measure } from '../schema/cost.ts';
import { costShape } from './cost-shape.ts';
import { createSchemaSize } from './schema-size.ts';
import type { Variables } from './variable-errors.ts';

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
  /** @throws {QUERY_TOO_COSTLY} for a cost above one of the limits */
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
      if (calls > maxQueryCalls) throw gatewayError('QUERY_TOO_COSTLY', 'calls', maxQueryCalls, calls);
      if (rows > maxQueryRows) throw gatewayError('QUERY_TOO_COSTLY', 'rows', maxQueryRows, rows);
      if (values > maxQueryValues) throw gatewayError('QUERY_TOO_COSTLY', 'values', maxQueryValues, values);
      if (schemaBytes > schemaSize.max) {
        throw gatewayError('QUERY_TOO_COSTLY', 'schemaBytes', schemaSize.max, schemaBytes);
      }
    },
  };
}

type Sums = Readonly<Record<Measure, number>>;

const MEASURES: readonly Measure[] = ['calls', 'mediaCalls', 'rows', 'values'];
const NOTHING: Sums = { calls: 0, mediaCalls: 0, rows: 0, values: 0 };
/** `__typename`: one value of the response. */
const TYPENAME: Sums = { ...NOTHING, values: 1 };

/** Sums up the weights of the selected fields. Each list multiplies the cost of the selections below it. */
function compute(
  { schema, ...context }: Omit<CostContext, 'measure'> & { schema: GraphQLSchema },
  { definitions }: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): QueryCost | undefined {
  const options = { maxErrors: 1 };
  const given = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, options);
  if (!given.coerced) return undefined;
  const { coerced } = given;
  const contexts = MEASURES.map((measure) => ({ ...context, measure }));
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  /** Fragments that spread others twice would double the work at each level. */
  const known = new Map<SelectionSetNode, Map<GraphQLNamedType, Sums>>();

  function costOfSet(set: SelectionSetNode, type: GraphQLNamedType): Sums {
    const ofType = known.get(set) ?? new Map<GraphQLNamedType, Sums>();
    known.set(set, ofType);
    const before = ofType.get(type);
    if (before) return before;
    const sums = { ...NOTHING };
    for (const selection of set.selections) {
      const cost = costOf(selection, type);
      for (const measure of MEASURES) sums[measure] += cost[measure];
    }
    ofType.set(type, sums);
    return sums;
  }

  function costOf(selection: SelectionNode, type: GraphQLNamedType): Sums {
    if (selection.kind === Kind.FIELD) return costOfField(selection, type);
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    if (!fragment) return NOTHING;
    const name = fragment.typeCondition?.name.value;
    return costOfSet(fragment.selectionSet, (name !== undefined && schema.getType(name)) || type);
  }

  function costOfField(node: FieldNode, type: GraphQLNamedType): Sums {
    const name = node.name.value;
    if (name === '__typename') return TYPENAME;
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    // Introspection has a measure of its own.
    if (!field) return NOTHING;
    const args = argumentsOf(field, node, coerced);
    if (!args) return NOTHING;
    const below = node.selectionSet ? costOfSet(node.selectionSet, getNamedType(field.type)) : NOTHING;
    const weigh = field.extensions.complexity as FieldCost;
    const sums = { ...NOTHING };
    for (const each of contexts) {
      const { field: own, multiplier } = weigh(args, each, field);
      sums[each.measure] = own + multiplier * below[each.measure];
    }
    return sums;
  }

  const root = schema.getRootType(operation.operation);
  if (!root) return undefined;
  const { calls, mediaCalls, rows, values } = costOfSet(operation.selectionSet, root);
  return { calls: calls + mediaCalls, rows, values };
}

/** @returns undefined for a field that is never resolved: a variable is null where its argument must not be */
function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Record<string, unknown>,
): Record<string, unknown> | undefined {
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    return undefined;
  }
}
