import {
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  isScalarType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';

/** A value of each scalar. A number is a page size as a rule, and 1 the smallest. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  Int: 1,
  Float: 1,
  Boolean: false,
  AccountSid: `AC${'0'.repeat(32)}`,
  MessageSid: `SM${'0'.repeat(32)}`,
  Address: '+14155550100',
  Date: '2026-01-01',
  DateTime: '2026-01-01T00:00:00Z',
  Decimal: '1',
  Currency: 'USD',
  CountryCode: 'US',
  TimeZone: 'UTC',
  URL: 'https://example.com',
};

/**
 * Returns the variables with which an operation costs least, as far as a type tells: all required ones, and optional
 * numbers, which are page sizes. Others keep their default.
 */
export function smallestVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  for (const { variable, type, defaultValue } of variableDefinitions) {
    const isNumber = type.kind === Kind.NAMED_TYPE && type.name.value === 'Int';
    if (defaultValue !== undefined || (type.kind !== Kind.NON_NULL_TYPE && !isNumber)) continue;
    const found = typeFromAST(schema, type as never);
    if (isInputType(found)) variables[variable.name.value] = sampleOf(found, 0);
  }
  return variables;
}

/** Deeper than any input of the schema. An input that requires itself has no value at all. */
const MAX_LEVELS = 16;

function sampleOf(type: GraphQLInputType, level: number): unknown {
  if (level > MAX_LEVELS) return null;
  if (isNonNullType(type)) return sampleOf(type.ofType, level + 1);
  if (isListType(type)) return [sampleOf(type.ofType, level + 1)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isScalarType(type)) return Object.hasOwn(SAMPLES, type.name) ? SAMPLES[type.name] : 'x';
  if (!isInputObjectType(type)) return null;
  const fields = Object.values(type.getFields());
  const needed = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField);
  return Object.fromEntries(needed.map((field) => [field.name, sampleOf(field.type, level + 1)]));
}
