import {
  type DocumentNode,
  type ExecutionArgs,
  getOperationAST,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Plugin } from 'graphql-yoga';
import type { IsKeepable } from './direct/keepable.ts';
import type { KnownQueries, KnownQuery } from './direct/known-queries.ts';
import { executeCompiled } from './execute-compiled.ts';

interface Seen {
  times: number;
  /** Null where it cannot be compiled. */
  known?: KnownQuery | null;
}

/** Compiling costs more than one execution saves: a query text that comes once is not worth it. */
const WORTH_COMPILING = 3;

/**
 * Executes what is asked again and again by compiled code, and tells the way past yoga of it. The document is
 * the same object each time, because yoga's parser cache gives it; so it is the key here, and forgotten
 * together with it.
 */
export function useJit(queries: KnownQueries, isKeepable: IsKeepable): Plugin {
  const seen = new WeakMap<DocumentNode, Map<string | null, Seen>>();

  function knownFor(args: ExecutionArgs): KnownQuery | null {
    const { document, operationName } = args;
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== 'query') return null;
    const operations = seen.get(document) ?? new Map<string | null, Seen>();
    seen.set(document, operations);
    const name = operationName ?? null;
    const entry = operations.get(name) ?? { times: 0 };
    operations.set(name, entry);
    entry.times += 1;
    if (entry.times < WORTH_COMPILING) return null;
    if (entry.known === undefined) entry.known = compile(args, operation, isKeepable);
    return entry.known;
  }

  return {
    onExecute({ args, setExecuteFn }) {
      const known = knownFor(args);
      if (!known) return;
      const { params } = args.contextValue as { params?: { query?: string; operationName?: string | null } };
      if (params?.query) queries.set(params.query, params.operationName ?? undefined, known);
      setExecuteFn(({ rootValue, contextValue, variableValues }: ExecutionArgs) =>
        executeCompiled(known, rootValue, contextValue, variableValues ?? undefined),
      );
    },
  };
}

function compile(
  { schema, document, operationName }: ExecutionArgs,
  operation: OperationDefinitionNode,
  isKeepable: IsKeepable,
): KnownQuery | null {
  if (operation.variableDefinitions?.some(isRequiredWithDefault)) return null;
  const compiled = compileQuery(schema, document, operationName ?? undefined);
  if (!isCompiledQuery(compiled)) return null;
  return { document, operation, compiled, keepable: isKeepable(document, operation) };
}

/** `$id: ID! = "x"`: compiled code refuses a request that leaves such a variable out. */
function isRequiredWithDefault({ type, defaultValue }: VariableDefinitionNode): boolean {
  return type.kind === 'NonNullType' && defaultValue !== undefined;
}
