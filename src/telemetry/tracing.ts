import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { Tracing } from './telemetry.ts';
import { TOKEN_ENDPOINT } from './upstream.ts';

/** Returns the span context of the running resolver; creates the span at the first call. */
type OpenField = () => Context;

/**
 * Creates spans by OpenTelemetry's API. Contexts are passed explicitly instead of globally, so that a program that
 * embeds the gateway keeps its own. Only from a resolver to its calls, through loaders and queues, is the context
 * in Node's AsyncLocalStorage.
 */
export function createTracing(tracer: Tracer): Tracing {
  const propagator = new W3CTraceContextPropagator();
  const running = new AsyncLocalStorage<OpenField>();

  /** Creates a field's span lazily. */
  function createField(name: string, parent: Context) {
    const startTime = Date.now();
    let opened: { span: Span; context: Context } | undefined;
    let ended = false;
    return {
      open() {
        if (opened) return opened.context;
        // Reads after the field's end, such as prefetching an account, belong to the request.
        if (ended) return parent;
        const span = tracer.startSpan(name, { startTime }, parent);
        opened = { span, context: trace.setSpan(parent, span) };
        return opened.context;
      },
      end(failed: boolean) {
        ended = true;
        if (failed) opened?.span.setStatus({ code: SpanStatusCode.ERROR });
        opened?.span.end();
      },
    };
  }

  return {
    request(header, requestId) {
      const carrier = { traceparent: header('traceparent') ?? '', tracestate: header('tracestate') ?? '' };
      const parent = propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
      const attributes = { 'http.route': '/graphql', 'twilio_gateway.request_id': requestId };
      const span = tracer.startSpan('/graphql', { kind: SpanKind.SERVER, attributes }, parent);
      const context = trace.setSpan(parent, span);
      return {
        field(name, always, run) {
          const field = createField(name, context);
          if (always) field.open();
          return onSettled(() => running.run(field.open, run), field.end);
        },
        end({ status, operations, errorCodes, upstreamCalls }) {
          const codes = [...errorCodes];
          span.setAttributes({
            'http.response.status_code': status,
            'twilio_gateway.upstream_calls': upstreamCalls,
            ...(operations.length > 0 ? { 'graphql.operation.name': operations.join(',') } : {}),
            ...(codes.length > 0 ? { 'twilio_gateway.error_codes': codes } : {}),
          });
          if (codes.length > 0) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },

    upstream(endpoint, host) {
      const open = running.getStore();
      if (!open) return undefined;
      const method = endpoint === TOKEN_ENDPOINT ? 'POST' : 'GET';
      const { template } = endpoint;
      const attributes = { 'http.request.method': method, 'server.address': host, 'url.template': template };
      const span = tracer.startSpan(`${method} ${template}`, { kind: SpanKind.CLIENT, attributes }, open());
      return {
        end(code, requestId) {
          if (typeof code === 'number') span.setAttribute('http.response.status_code', code);
          if (requestId) span.setAttribute('twilio.request_id', requestId);
          if (typeof code !== 'number' || code >= 400) {
            span.setStatus({ code: SpanStatusCode.ERROR });
            span.setAttribute('error.type', String(code));
          }
          span.end();
        },
      };
    },
  };
}

/** Runs a function and calls back when its result, a value or a promise, settles. */
function onSettled<T>(run: () => T, callback: (failed: boolean) => void): T {
  let result: T;
  try {
    result = run();
  } catch (error) {
    callback(true);
    throw error;
  }
  if (result instanceof Promise) {
    result.then(
      () => callback(false),
      () => callback(true),
    );
  } else {
    callback(false);
  }
  return result;
}
