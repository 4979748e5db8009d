import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GraphQLResult, noErrors } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';
import { createDice, type Dice } from './dice.ts';
import { searchTwice } from './held.ts';
import { HOSTILE_STRINGS } from './hostile-values.ts';
import { faultsOf } from './responses.ts';
import { runs, within } from './runs.ts';
import { worldOf } from './world.ts';

const TYPES = ['Account', 'Subaccount', 'Message', 'Media', 'Credential', 'ApiKey', 'Query', '__proto__', ''];
const QUERY = `query($id: ID!, $ids: [ID!]!) {
  node(id: $id) { ...N }
  nodes(ids: $ids) { ...N }
}
fragment N on Node { __typename id ... on TwilioAccount { sid } ... on Message { accountSid body } }`;

const textOf = (id: string) => Buffer.from(id, 'base64url').toString();
const idOf = (text: string) => Buffer.from(text).toString('base64url');

/** Generates valid ids, ids of another type, mixed, damaged and arbitrary ones. */
function idsBy(dice: Dice, known: readonly string[]): string {
  const [type = '', ...rest] = textOf(dice.pick(known)).split(':');
  const [, ...others] = textOf(dice.pick(known)).split(':');
  const ways: readonly (() => string)[] = [
    () => dice.pick(known),
    () => idOf(`${dice.pick(TYPES)}:${rest.join(':')}`),
    () => idOf(`${type}:${[rest[0], ...others.slice(1)].join(':')}`),
    () => idOf(`${type}:${others.join(':')}`),
    () => idOf(`${type}:${rest.join(':').toUpperCase()}`),
    () => idOf(`${type}:${dice.pick(HOSTILE_STRINGS)}`),
    () => idOf(`${dice.pick(HOSTILE_STRINGS)}:${rest.join(':')}`),
    () => idOf(`${type}:${rest.join(':')}\n`),
    () => ` ${dice.pick(known)}=`,
    () => dice.pick(known).slice(0, dice.int(60)),
    () => rest.join(':'),
    () => dice.pick(HOSTILE_STRINGS),
    () => Buffer.from(Array.from({ length: dice.int(60) }, () => dice.int(256))).toString('base64url'),
  ];
  return dice.pick(ways)();
}

test("a forged or damaged id, or an id of another type or another caller's account, finds its own object or nothing", {
  timeout: within(60_000),
}, async () => {
  const kit = await createManagedKit({ sandbox: { messages: 40 } });
  await kit.addCredential('desk');
  const lending = await kit.addCredential('lending', 1);
  const { parent, active } = kit.sandbox.accounts;
  const everything = await worldOf({ ...kit, query: kit.admin });
  const ofLending = noErrors(
    await kit.admin(`{ messages(accountSid: "${active.sid}", first: 5) { nodes { id } } }`),
  ).data.messages.nodes.map(({ id }: { id: string }) => id);
  const known = [...(everything.ID ?? []).map(String), ...ofLending];
  const { authorization } = await kit.readerKey([lending]);
  const found = { admin: 0, reader: 0 };

  const search = () =>
    fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom('admin', 'reader'), async (seed, who) => {
        const dice = createDice(seed);
        const variables = { id: idsBy(dice, known), ids: [idsBy(dice, known), idsBy(dice, known)] };
        const asked = JSON.stringify(variables);
        const response = await (who === 'admin'
          ? kit.admin(QUERY, variables)
          : kit.query(QUERY, variables, { authorization }));
        expect(faultsOf({ status: 200, text: JSON.stringify(response) }, asked), asked).toEqual([]);
        const { data } = response as GraphQLResult;
        const nodes = [data?.node, ...(data?.nodes ?? [])];
        for (const [index, node] of nodes.entries()) {
          if (!node) continue;
          found[who] += 1;
          // Base64 digits without meaning may differ, and the parent account may have another type.
          const wanted = textOf([variables.id, ...variables.ids][index] ?? '');
          expect(textOf(node.id).replace(/^\w+:/, '').toLowerCase(), asked).toBe(
            wanted.replace(/^\w+:/, '').toLowerCase(),
          );
          if (who === 'reader' && node.__typename === 'Message') expect(node.accountSid).toBe(active.sid);
          if (who === 'reader') expect(JSON.stringify(node)).not.toContain(parent.sid);
        }
      }),
      runs(400),
    );
  await searchTwice(search);
  expect(found.admin).toBeGreaterThan(10);
  expect(found.reader).toBeGreaterThan(0);
});
