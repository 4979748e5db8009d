import { type DocumentNode, type ExecutionArgs, getOperationAST, getVariableValues } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Plugin } from 'graphql-yoga';
import { locateError } from './locate-error.ts';

interface Seen {
  times: number;
  /** Null where it cannot be compiled. */
  compiled?: CompiledQuery | null;
}

/** Compiling costs more than one execution saves: a query text that comes once is not worth it. */
const WORTH_COMPILING = 3;

/**
 * Executes what is asked again and again by compiled code. The document is the same object each time, because
 * yoga's parser cache gives it; so it is the key here, and forgotten together with it.
 */
export function useJit(): Plugin {
  const seen = new WeakMap<DocumentNode, Map<string, Seen>>();

  function compiledFor({ schema, document, operationName }: ExecutionArgs): CompiledQuery | null {
    if (getOperationAST(document, operationName)?.operation !== 'query') return null;
    const operations = seen.get(document) ?? new Map<string, Seen>();
    seen.set(document, operations);
    const name = operationName ?? '';
    const entry = operations.get(name) ?? { times: 0 };
    operations.set(name, entry);
    entry.times += 1;
    if (entry.times < WORTH_COMPILING) return null;
    if (entry.compiled === undefined) {
      const compiled = compileQuery(schema, document, operationName ?? undefined);
      entry.compiled = isCompiledQuery(compiled) ? compiled : null;
    }
    return entry.compiled;
  }

  return {
    onExecute({ args, setExecuteFn }) {
      const compiled = compiledFor(args);
      // graphql-js words the refusal of a variable, with its place and our code; compiled code does not.
      if (!compiled || !hasGoodVariables(args)) return;
      setExecuteFn(async ({ rootValue, contextValue, variableValues }: ExecutionArgs) => {
        const result = await compiled.query(rootValue, contextValue, variableValues);
        if (!result.errors) return result;
        const errors = result.errors.map((error) => locateError(error, args.document, args.operationName));
        return { errors, data: result.data };
      });
    },
  };
}

function hasGoodVariables({ schema, document, operationName, variableValues }: ExecutionArgs): boolean {
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  if (definitions.length === 0) return true;
  return getVariableValues(schema, definitions, variableValues ?? {}).errors === undefined;
}
