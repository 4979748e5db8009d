import {
  type DocumentNode,
  type FieldNode,
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
import { fragmentsOf } from './document-limits.ts';
import { createSchemaSize } from './schema-size.ts';

/** Variables as the client sent them. */
export type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** Coerces variables, and stops after the first error: each prints its value, and one value may have many errors. */
export function coerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Variables,
) {
  return getVariableValues(schema, variableDefinitions, variables ?? {}, { maxErrors: 1 });
}

/** The worst-case cost of a query, computed before anything is read. */
export interface QueryCost {
  /** Calls to Twilio, without retries. */
  readonly calls: number;
  /** Messages and accounts that a filter scans or the response contains. */
  readonly rows: number;
  /** Fields of the response, in each row, aliases included. */
  readonly values: number;
  /** Bytes of introspection as JSON; absent without introspection. */
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
 * Computes the cost of one operation.
 *
 * @param credentials how many the caller may use
 * @returns undefined for invalid variables
 */
export type CostFunction = (variables: Variables, credentials?: number) => QueryCost | undefined;

export type QueryCosts = ReturnType<typeof createQueryCosts>;

/** Cached costs per operation; a client that keeps sending other page sizes recomputes them. */
const MAX_CACHED = 64;
/** Longer than any of our variables; invented ones must not fill the memory. */
const MAX_KEY = 1_000;

export function createQueryCosts({ schema, scanBudget, ...limits }: QueryCostOptions) {
  const { maxQueryCalls, maxQueryRows, maxQueryValues } = limits;
  const schemaSize = createSchemaSize(schema);

  return {
    /** The operation must be part of the document, and the document valid. */
    functionOf(document: DocumentNode, operation: OperationDefinitionNode): CostFunction {
      const cached = new Map<string, QueryCost>();
      return (variables, credentials = 0) => {
        const key = `${credentials}:${costShape(variables)}`;
        const known = cached.get(key);
        if (known) return known;
        const sums = compute({ schema, scanBudget, credentials }, document, operation, variables);
        if (!sums) return undefined;
        const schemaBytes = schemaSize.of(document, operation);
        const cost = schemaBytes > 0 ? { ...sums, schemaBytes } : sums;
        if (key.length > MAX_KEY) return cost;
        if (cached.size >= MAX_CACHED) cached.clear();
        cached.set(key, cost);
        return cost;
      };
    },
    /** @throws {QUERY_TOO_COSTLY} for a cost above one of the limits */
    check({ calls, rows, values, schemaBytes = 0 }: QueryCost): void {
      if (calls > maxQueryCalls) throw gatewayError('QUERY_TOO_COSTLY', 'calls', maxQueryCalls, calls);
      if (rows > maxQueryRows) throw gatewayError('QUERY_TOO_COSTLY', 'rows', maxQueryRows, rows);
      if (values > maxQueryValues) throw gatewayError('QUERY_TOO_COSTLY', 'values', maxQueryValues, values);
      if (schemaBytes > schemaSize.max) {
        throw gatewayError('QUERY_TOO_COSTLY', 'schemaBytes', schemaSize.max, schemaBytes);
      }
    },
  };
}

/** Deeper than any input of the schema that a cost depends on. */
const MAX_SHAPE_DEPTH = 3;

/**
 * Returns what the cost depends on: numbers, lengths of lists, and which values are present. Requests of the same shape
 * have the same cost, whatever their addresses and SIDs are.
 */
function costShape(value: unknown, depth = 0): string {
  switch (typeof value) {
    case 'number':
      return String(value);
    case 'string':
      return value === '' ? 'e' : 's';
    case 'boolean':
      return 'b';
    case 'object':
      if (value === null) return 'n';
      if (Array.isArray(value)) return `[${value.length}]`;
      return depth === MAX_SHAPE_DEPTH ? 'o' : shapeOfObject(value as Record<string, unknown>, depth);
    default:
      return 'n';
  }
}

function shapeOfObject(values: Record<string, unknown>, depth: number): string {
  let shape = '{';
  for (const name in values) {
    // An invented name must not look like other variables: their cost would be taken for this one's.
    const key = /^\w+$/.test(name) ? name : JSON.stringify(name);
    shape += `${key}:${costShape(values[name], depth + 1)},`;
  }
  return `${shape}}`;
}

type Sums = Readonly<Record<Measure, number>>;

const MEASURES: readonly Measure[] = ['calls', 'mediaCalls', 'rows', 'values'];
const NOTHING: Sums = { calls: 0, mediaCalls: 0, rows: 0, values: 0 };
/** `__typename`: one value of the response. */
const TYPENAME: Sums = { ...NOTHING, values: 1 };

/** Sums up the weights of the selected fields. Each list multiplies the cost of the selections below it. */
function compute(
  { schema, ...context }: Omit<CostContext, 'measure'> & { schema: GraphQLSchema },
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): QueryCost | undefined {
  const given = coerceVariables(schema, operation, variables);
  if (!given.coerced) return undefined;
  const { coerced } = given;
  const contexts = MEASURES.map((measure) => ({ ...context, measure }));
  const fragments = fragmentsOf(document);
  /** Each set is computed once: fragments that spread others twice would double the work at each level. */
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
