import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { createKit } from '../kit.ts';
import { createDice } from './dice.ts';
import { makeDocument } from './documents.ts';
import { mutate } from './mutate.ts';
import { faultsOf } from './responses.ts';
import { runs, within } from './runs.ts';
import { worldOf } from './world.ts';

const kit = createKit({ sandbox: { messages: 60 } });
const world = await worldOf(kit);

const made = fc.record({
  seed: fc.integer(),
  size: fc.integer({ min: 1, max: 40 }),
  nonsense: fc.constantFrom(0, 0, 0.1, 0.5, 1),
});

async function send(body: object) {
  const response = await kit.gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

describe('generated queries', () => {
  test('return data or documented errors, without an unexpected error', {
    timeout: within(60_000),
  }, async () => {
    let valid = 0;
    let all = 0;
    await fc.assert(
      fc.asyncProperty(made, async ({ seed, ...options }) => {
        const document = makeDocument({ schema, world, dice: createDice(seed), ...options });
        const answer = await send(document);
        all += 1;
        if (!/"GRAPHQL_(?:PARSE|VALIDATION)_FAILED"/.test(answer.text)) valid += 1;
        expect(faultsOf(answer, JSON.stringify(document)), document.query).toEqual([]);
      }),
      runs(700),
    );
    // Otherwise the parser is tested instead of the schema.
    expect(valid / all).toBeGreaterThan(0.8);
  });

  test('and mutations do too, without changing anything', { timeout: within(60_000) }, async () => {
    await fc.assert(
      fc.asyncProperty(made, async ({ seed, ...options }) => {
        const dice = createDice(seed);
        const document = makeDocument({ schema, world, dice, root: 'mutation', ...options, size: 8 });
        expect(faultsOf(await send(document), JSON.stringify(document)), document.query).toEqual([]);
      }),
      runs(100),
    );
  });

  test('and nearly valid ones do too', { timeout: within(60_000) }, async () => {
    await fc.assert(
      fc.asyncProperty(made, async ({ seed, ...options }) => {
        const dice = createDice(seed);
        const body = mutate(makeDocument({ schema, world, dice, ...options }), dice);
        expect(faultsOf(await send(body), JSON.stringify(body)), JSON.stringify(body)).toEqual([]);
      }),
      runs(1_000),
    );
  });
});
