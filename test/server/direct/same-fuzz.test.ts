import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { schema } from '../../../src/schema/index.ts';
import { createDice } from '../../fuzz/dice.ts';
import { makeDocument } from '../../fuzz/documents.ts';
import { mutate } from '../../fuzz/mutate.ts';
import { runs, within } from '../../fuzz/runs.ts';
import { worldOf } from '../../fuzz/world.ts';
import { NOW, type Seen, twins } from './twins.ts';

/** Twice interpreted, once compiled, and then past yoga, where nothing odd is asked. */
const TIMES = 5;

const header = (name: string, ...values: string[]) =>
  fc.option(fc.record({ [name]: fc.constantFrom(...values) }), { freq: 2, nil: {} });

const headers = fc
  .tuple(
    header(
      'accept',
      'application/json',
      'application/graphql-response+json',
      '*/*',
      'text/html, */*',
      'image/png',
    ),
    header('accept-encoding', 'gzip', 'br', 'br;q=0, gzip;q=0.5'),
    header('cache-control', 'no-cache', 'max-age=0', 'stale-if-error=60'),
    header('x-twilio-credential', 'sandbox', 'sandbox-subaccount', 'nobody', ''),
    header('x-request-id', 'case-18', 'not one'),
    header('x-query-cost', '1'),
    header('origin', 'https://app.example'),
    header('content-type', 'application/json; charset=utf-8', 'Application/Json', 'application/graphql+json'),
  )
  .map((all): Record<string, string> => Object.assign({}, ...all));

const asked = fc.record({
  seed: fc.integer(),
  size: fc.integer({ min: 1, max: 25 }),
  nonsense: fc.constantFrom(0, 0, 0.1, 0.5),
  isMutated: fc.constantFrom(false, false, true),
  headers,
  others: fc.array(fc.record({ headers, seed: fc.integer() }), { minLength: 1, maxLength: 3 }),
});

const ODD_VALUES: readonly unknown[] = [null, 0, 3, '', 'x', true, [], {}, ['x'], undefined];

/** The same query with other variables: nothing that is known of it may hang on those it was first asked with. */
function otherwise(body: Record<string, unknown>, seed: number): Record<string, unknown> {
  const dice = createDice(seed);
  const names = Object.keys((body.variables as object | undefined) ?? {});
  const changed = names.filter(() => dice.chance(0.5)).map((name) => [name, dice.pick(ODD_VALUES)]);
  return {
    ...body,
    variables: { ...(body.variables as object | undefined), ...Object.fromEntries(changed) },
  };
}

test('whatever is asked, both ways of answering give the same answer', {
  timeout: within(60_000),
}, async () => {
  // When permissions were looked at stands in answers too.
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  onTestFinished(() => void vi.useRealTimers());
  const pair = await twins({ http: { compressFromBytes: 500, allowedOrigins: ['https://app.example'] } });
  const world = await worldOf(pair.past);
  await worldOf(pair.yoga);
  let wentPast = 0;
  let all = 0;
  await fc.assert(
    fc.asyncProperty(asked, async ({ seed, isMutated, headers, others, ...options }) => {
      const dice = createDice(seed);
      const made = makeDocument({ schema, world, dice, ...options });
      const body: Record<string, unknown> = isMutated ? mutate(made, dice) : { ...made };
      const asks = [
        ...Array.from({ length: TIMES }, () => ({ body, headers })),
        ...others.map((other) => ({ body: otherwise(body, other.seed), headers: other.headers })),
      ];
      for (const [index, ask] of asks.entries()) {
        const answers = await pair.ask(ask);
        expect(inOrder(answers.past), `the ${index + 1}. time`).toEqual(inOrder(answers.yoga));
        all += 1;
        wentPast += Number(answers.wentPast);
      }
    }),
    runs(120),
  );
  // Those that are right, from the fourth time on, and with nothing odd in their headers.
  expect(wentPast / all).toBeGreaterThan(0.05);
});

/** What comes of several reads at once, comes in any order. */
function inOrder({ body, calls, log, ...rest }: Seen) {
  const sorted = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).sort();
  const { errors, ...answer } = parsed(body);
  const lines = log.map((line) => ({
    ...line,
    errors: sorted((line as { errors?: unknown[] }).errors ?? []),
  }));
  return { ...rest, answer, errors: sorted(errors ?? []), calls: sorted(calls), log: sorted(lines) };
}

function parsed(body: string): { errors?: readonly object[]; data?: unknown } {
  try {
    return JSON.parse(body);
  } catch {
    return { data: body };
  }
}
