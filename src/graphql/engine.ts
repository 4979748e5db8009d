import {
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { LimitSettings } from '../config/limits.ts';
import type { GatewayContext } from '../context.ts';
import type { Logger } from '../log.ts';
import { parseDocument } from './document-limits.ts';
import { checkInput } from './input-limits.ts';
import { type ContextParts, createOperationContext, type OperationRequest } from './operation-context.ts';
import { createPreparedOperations, type PreparedOperation } from './prepared-operation.ts';
import { coerceVariables, createQueryCosts, type QueryCost } from './query-cost.ts';
import { limitSize } from './response-limit.ts';
import type { DocumentSender, GraphqlParams } from './trusted-documents.ts';
import { addArgumentPaths, addNodesHint, validationRules } from './validation-rules.ts';

export interface EngineOptions extends ContextParts {
  readonly schema: GraphQLSchema;
  readonly limits: LimitSettings;
  readonly maxDepth: number;
  readonly introspection: boolean;
  /** Turns `documentId` into a query; may reject any other. */
  readonly resolveDocument: (params: GraphqlParams, sender: DocumentSender) => GraphqlParams;
  readonly log: Logger;
}

/** A request, and the results of its steps so far. */
export interface Execution extends OperationRequest {
  /** Whether this request may run trusted documents only, whatever the settings say. @default false */
  readonly trustedOnly?: boolean;
  /** Set once its document is parsed and valid. */
  prepared?: PreparedOperation;
  /** Computed before the execution. */
  cost?: QueryCost | undefined;
  /** Whether any resolver ran. */
  isExecuted?: boolean;
}

export type Engine = ReturnType<typeof createEngine>;

type YogaContext = Execution & { params: GraphqlParams };

/**
 * Runs graphql-yoga: parse, validate, build the context, execute. A prepared operation is neither parsed nor validated
 * again; variables and cost are checked before each execution.
 */
export function createEngine(options: EngineOptions) {
  const { schema, limits, log } = options;
  const costs = createQueryCosts({ schema, scanBudget: options.scanBudget, ...limits });
  const operations = createPreparedOperations(schema, costs);
  const rules = validationRules(options);
  const openContext = createOperationContext(options);

  const plugin: Plugin<YogaContext & GatewayContext> = {
    onParse({ context, setParsedDocument, setParseFn }) {
      const { query = '', operationName } = context.params;
      const prepared = operations.get(query, operationName);
      if (prepared) {
        (context as YogaContext).prepared = prepared;
        setParsedDocument(prepared.document);
      } else {
        setParseFn((text: string) => parseDocument(text, limits));
      }
    },
    onValidate({ context, params: { documentAST }, addValidationRule, setResult }) {
      if ((context as YogaContext).prepared) {
        setResult([]);
        return;
      }
      for (const rule of rules) addValidationRule(rule as Parameters<typeof addValidationRule>[0]);
      return ({ result }) => {
        addArgumentPaths(documentAST, result as readonly GraphQLError[]);
        addNodesHint(schema, result as readonly GraphQLError[]);
      };
    },
    onExecute({ args, setExecuteFn, setResultAndStopExecution }) {
      const { contextValue: context, variableValues } = args;
      const operation = getOperationAST(args.document, args.operationName);
      if (!operation) return;
      context.prepared ??= operations.add(context.params.query ?? '', args, operation);
      const { prepared, caller } = context;
      const { errors } = coerceVariables(schema, operation, variableValues);
      if (errors) return setResultAndStopExecution({ errors: errors.slice(0, 1) });
      context.cost = prepared.costOf(variableValues, caller.credentials.length);
      if (context.cost) costs.check(context.cost);
      context.isExecuted = true;
      const compiled = prepared.compiled();
      if (compiled) {
        setExecuteFn((execution: ExecutionArgs) =>
          compiled(execution.contextValue, execution.variableValues ?? undefined),
        );
      }
    },
  };

  const yoga = createYoga<YogaContext, GatewayContext>({
    schema,
    context: openContext,
    plugins: [plugin],
    // Prepared operations replace this cache, and finishErrors masks errors.
    parserAndValidationCache: false,
    maskedErrors: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
    logging: {
      debug: () => {},
      info: () => {},
      warn: (...args) => log.warn(args.join(' ')),
      error: (error) => log.error({ err: error }, 'unexpected error'),
    },
  });

  return {
    /** Returns errors as graphql-js and resolvers threw them. */
    async execute(sent: GraphqlParams, request: Request, execution: Execution): Promise<ExecutionResult> {
      try {
        checkInput('variables', sent.variables, limits);
        checkInput('extensions', sent.extensions, limits);
        const params = options.resolveDocument(sent, execution);
        const context = execution as YogaContext;
        const result = (await yoga.getResultForParams({ params, request } as never, context as never)) as
          | ExecutionResult
          | undefined;
        return limitSize(
          withReported(result ?? {}, context as Partial<GatewayContext>),
          limits.maxResponseBytes,
        );
      } catch (error) {
        return { errors: [error as GraphQLError] };
      }
    },
  };
}

/** Adds the errors that fields reported beside their values. */
function withReported(result: ExecutionResult, { reported }: Partial<GatewayContext>): ExecutionResult {
  return reported?.length ? { ...result, errors: [...(result.errors ?? []), ...reported] } : result;
}
