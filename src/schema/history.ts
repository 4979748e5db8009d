import type { CopyStatus, HistoryState } from '../admin/history.ts';
import { builder } from './builder.ts';
import { CredentialRef } from './credential.ts';
import { parseId } from './global-id.ts';
import { credentialNode } from './nodes.ts';

const STATES: Readonly<Record<HistoryState, string>> = {
  OFF: 'Not enabled: nothing is copied, and reads come from Twilio.',
  BACKFILLING: 'Messages are being copied for the first time.',
  CURRENT: 'Everything was copied, and changes follow.',
  PAUSED: 'An ADMIN paused copying; reads from the copy go on.',
  FAILING: 'The last read of some slices failed; `lastError` says why. They are tried again.',
};

const HistoryStateEnum = builder.enumType('HistoryState', {
  description: "The state of the gateway's copy of a message history.",
  values: Object.fromEntries(
    Object.entries(STATES).map(([name, description]) => [name, { value: name as HistoryState, description }]),
  ) as Readonly<Record<HistoryState, { value: HistoryState; description: string }>>,
});

const HistoryStatusRef = builder.objectRef<CopyStatus>('HistoryStatus').implement({
  description:
    "The gateway's copy of an account's message history: what it keeps, and how far it is. Credentials of one account share one copy.",
  fields: (t) => ({
    enabled: t.boolean({
      description: 'Whether messages are copied, and read from the copy.',
      resolve: ({ policy }) => policy?.enabled ?? false,
    }),
    keepsBodies: t.boolean({
      description: 'Whether message texts are kept.',
      resolve: ({ policy }) => policy?.keepsBodies ?? false,
    }),
    days: t.int({
      nullable: true,
      description: 'How many days messages are kept. Null without a limit, and without a policy.',
      resolve: ({ policy }) => policy?.days ?? null,
    }),
    state: t.field({
      type: HistoryStateEnum,
      description: 'What the gateway is doing.',
      resolve: ({ state }) => state,
    }),
    syncedFrom: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'From here to `syncedUntil`, everything was read at least once. Null before the first day is done.',
      resolve: ({ syncedFrom }) => syncedFrom,
    }),
    syncedUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'See `syncedFrom`. Newer messages are read every few minutes. Null before the first day is done.',
      resolve: ({ syncedUntil }) => syncedUntil,
    }),
    asOf: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the newest messages were last read. Null before the first time.',
      resolve: ({ asOf }) => asOf,
    }),
    messages: t.int({
      description: 'The number of messages in the copy.',
      resolve: ({ messages }) => messages,
    }),
    slicesDone: t.int({
      description: 'How many slices, of one or more days each, were read at least once.',
      resolve: ({ slicesDone }) => slicesDone,
    }),
    slicesTotal: t.int({
      description: 'How many slices there are.',
      resolve: ({ slicesTotal }) => slicesTotal,
    }),
    estimatedSecondsLeft: t.int({
      nullable: true,
      description: 'The time until all slices were read, at the present speed. Null if that is not known.',
      resolve: ({ estimatedSecondsLeft }) => estimatedSecondsLeft,
    }),
    lastError: t.string({
      nullable: true,
      description: 'Why the last failed read failed. Null when it has succeeded since.',
      resolve: ({ lastError }) => lastError,
    }),
  }),
});

builder.objectField(CredentialRef, 'history', (t) =>
  t.field({
    type: HistoryStatusRef,
    description: "The gateway's copy of this account's message history.",
    resolve: ({ credential }, _args, { admin }) => admin.history.status(credential),
  }),
);

const HistoryPolicyInput = builder.inputType('HistoryPolicyInput', {
  description: 'What the gateway keeps of a message history. It replaces the whole policy.',
  fields: (t) => ({
    enabled: t.boolean({
      required: true,
      description:
        'Whether messages are copied, and read from the copy. If false, what was copied stays until it is erased.',
    }),
    paused: t.boolean({
      defaultValue: false,
      description: 'Whether copying pauses, while reads go on.',
    }),
    keepsBodies: t.boolean({
      defaultValue: true,
      description: 'Whether message texts are kept. If false, texts that were kept are erased at once.',
    }),
    days: t.int({
      description:
        'How many days messages are kept, from 1 to 3,660; older ones are erased at once. By default without a limit, also beyond the 400 days of Twilio.',
    }),
  }),
});

const ID_TEXT = "The credential's `id`.";

builder.mutationFields((t) => ({
  setHistoryPolicy: t.field({
    type: CredentialRef,
    description:
      "Enables, changes or disables the copy of the message history of a credential's account. For ADMIN. Example: `mutation($id: ID!) { setHistoryPolicy(credentialId: $id, policy: { enabled: true, days: 730 }) { history { state } } }`",
    args: {
      credentialId: t.arg.id({ required: true, description: ID_TEXT }),
      policy: t.arg({ type: HistoryPolicyInput, required: true, description: 'The new policy.' }),
    },
    resolve: async (_root, { credentialId, policy }, { admin, caller }) => {
      const { enabled, paused, keepsBodies, days } = policy;
      return credentialNode(
        await admin.history.setPolicy(caller, parseId('Credential', credentialId, 'credentialId'), {
          enabled,
          paused: paused ?? false,
          keepsBodies: keepsBodies ?? true,
          days: days ?? null,
        }),
      );
    },
  }),
  eraseHistory: t.field({
    type: CredentialRef,
    description:
      "Erases the copy of the message history of a credential's account, and disables it. For ADMIN. Nothing is changed at Twilio. Example: `mutation($id: ID!) { eraseHistory(credentialId: $id) { history { messages } } }`",
    args: { credentialId: t.arg.id({ required: true, description: ID_TEXT }) },
    resolve: async (_root, { credentialId }, { admin, caller }) =>
      credentialNode(await admin.history.erase(caller, parseId('Credential', credentialId, 'credentialId'))),
  }),
}));
