import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import type { Dice } from './dice.ts';
import { HOSTILE_NUMBERS, HOSTILE_STRINGS } from './hostile-values.ts';

/** A request generated from the schema. */
export interface Made {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly operationName?: string;
}

/** Values that exist in the tested gateway, by the name of their type or argument. */
export type World = Readonly<Record<string, readonly unknown[]>>;

export interface DocumentOptions {
  readonly schema: GraphQLSchema;
  readonly world: World;
  readonly dice: Dice;
  /** The approximate number of fields. */
  readonly size: number;
  /** The share of values with the right type but invalid content. */
  readonly nonsense: number;
  readonly root?: 'query' | 'mutation';
}

/** Names of properties of every object, which careless code confuses with its own. */
const ODD_NAMES = ['__proto__', 'constructor', 'toString', 'then', 'hasOwnProperty', 'valueOf', 'prototype'];
const MAX_DEPTH = 6;

/** Generates a valid document: random fields, arguments, aliases, variables, fragments and directives. */
export function makeDocument({ schema, world, dice, size, nonsense, root = 'query' }: DocumentOptions): Made {
  let left = size;
  let names = 0;
  const oddNames = [...ODD_NAMES];
  const fragments: string[] = [];
  const declared: string[] = [];
  const variables: Record<string, unknown> = {};

  const unique = (prefix: string) => {
    names += 1;
    return `${prefix}${names}`;
  };

  function alias(): string {
    const odd = dice.chance(0.1) ? oddNames.pop() : undefined;
    return odd ?? unique('a');
  }

  function value(type: GraphQLInputType, name: string): unknown {
    if (isNonNullType(type))
      return value(type.ofType, name) ?? value(type.ofType, name) ?? given(type.ofType, name);
    if (dice.chance(0.04)) return null;
    return given(type, name);
  }

  function given(type: GraphQLInputType, name: string): unknown {
    if (isNonNullType(type)) return given(type.ofType, name);
    if (isListType(type)) return Array.from({ length: dice.int(4) }, () => value(type.ofType, name));
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isRequiredInputField(field) || dice.chance(0.3),
      );
      return Object.fromEntries(fields.map((field) => [field.name, value(field.type, field.name)]));
    }
    if (isEnumType(type)) return new EnumName(dice.pick(type.getValues()).name);
    const known = world[name] ?? world[type.name];
    if (known && !dice.chance(nonsense)) return dice.pick(known);
    if (type.name === 'Int') return dice.chance(0.5) ? dice.int(6) : dice.pick(HOSTILE_NUMBERS);
    if (type.name === 'Boolean') return dice.chance(0.5);
    return dice.pick(HOSTILE_STRINGS);
  }

  function argument({ name, type }: GraphQLArgument): string {
    const wanted = value(type, name);
    if (!dice.chance(0.4)) return `${name}: ${literal(wanted)}`;
    const variable = unique('v');
    const byDefault = wanted !== null && dice.chance(0.2);
    declared.push(`$${variable}: ${type}${byDefault ? ` = ${literal(wanted)}` : ''}`);
    if (!byDefault || dice.chance(0.3)) variables[variable] = plain(wanted);
    return `${name}: $${variable}`;
  }

  function directives(): string {
    if (!dice.chance(0.08)) return '';
    const name = dice.pick(['include', 'skip']);
    if (dice.chance(0.5)) return ` @${name}(if: ${dice.chance(0.5)})`;
    const variable = unique('v');
    const byDefault = dice.chance(0.3);
    declared.push(`$${variable}: Boolean${byDefault ? ' = true' : '!'}`);
    if (!byDefault || dice.chance(0.5)) variables[variable] = dice.chance(0.5);
    return ` @${name}(if: $${variable})`;
  }

  function field(one: GraphQLField<unknown, unknown>, depth: number): string {
    left -= 1;
    const args = one.args.filter((arg) => isRequiredArgument(arg) || dice.chance(0.35)).map(argument);
    // Two fields with the same name and different arguments cannot be merged.
    const prefix = one.args.length > 0 || dice.chance(0.15) ? `${alias()}: ` : '';
    const type = getNamedType(one.type) as GraphQLNamedOutputType;
    const below = isCompositeType(type) ? ` ${selections(type, depth + 1)}` : '';
    return `${prefix}${one.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${directives()}${below}`;
  }

  function selections(type: GraphQLNamedOutputType, depth: number): string {
    if (!isCompositeType(type)) return '';
    const all = 'getFields' in type ? Object.values(type.getFields()) : [];
    const chosen: string[] = [];
    const wanted = 1 + dice.int(Math.max(1, Math.min(6, left)));
    for (let i = 0; i < wanted && (left > 0 || i === 0); i += 1) {
      if (dice.chance(0.05) || all.length === 0)
        chosen.push(`${dice.chance(0.3) ? `${alias()}: ` : ''}__typename`);
      else if (left > 0 && depth < MAX_DEPTH && dice.chance(0.15)) chosen.push(fragment(type, depth));
      else {
        const leaves = all.filter((one) => !isCompositeType(getNamedType(one.type)));
        const from =
          depth < MAX_DEPTH && left > 0 && (leaves.length === 0 || dice.chance(0.5)) ? all : leaves;
        chosen.push(from.length > 0 ? field(dice.pick(from), depth) : '__typename');
      }
    }
    return `{ ${chosen.join(' ')} }`;
  }

  function fragment(type: GraphQLNamedOutputType, depth: number): string {
    const on = dice.pick([type, ...relatives(schema, type)]);
    if (dice.chance(0.5)) {
      const bare = dice.chance(0.2);
      return `...${bare ? '' : ` on ${on.name}`}${directives()} ${selections(bare ? type : on, depth + 1)}`;
    }
    const name = unique('F');
    fragments.push(`fragment ${name} on ${on.name} ${selections(on, depth + 1)}`);
    return `...${name}${directives()}`;
  }

  const type = root === 'query' ? schema.getQueryType() : schema.getMutationType();
  if (!type) throw new Error(`The schema has no ${root}.`);
  const body = selections(type, 0);
  const named = declared.length > 0 || root === 'mutation' || dice.chance(0.5);
  const head = `${root}${named ? ' Made' : ''}${declared.length > 0 ? `(${declared.join(', ')})` : ''}`;
  const other = named && dice.chance(0.1) ? 'query Other { __typename }' : '';
  const query = [`${named ? head : ''}${body}`, ...fragments, other].filter(Boolean).join('\n');
  return { query, variables, ...(other || (named && dice.chance(0.3)) ? { operationName: 'Made' } : {}) };
}

/** Returns the types that a fragment within `type` may have. */
function relatives(schema: GraphQLSchema, type: GraphQLNamedOutputType): GraphQLNamedOutputType[] {
  if (isAbstractType(type)) return [...schema.getPossibleTypes(type)];
  if ('getInterfaces' in type) return type.getInterfaces().filter(isInterfaceType);
  return [];
}

class EnumName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Writes a value as a literal. */
function literal(value: unknown): string {
  if (value instanceof EnumName) return value.name;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${key}: ${literal(item)}`)
      .join(', ')} }`;
  }
  if (typeof value === 'number' && Object.is(value, -0)) return '0';
  return JSON.stringify(value);
}

/** Converts a value for the variables. */
function plain(value: unknown): unknown {
  if (value instanceof EnumName) return value.name;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return value;
}
