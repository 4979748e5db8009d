/** A message that leads to its thread. */
export interface Leading {
  readonly channel: string;
  readonly delivery: { readonly outcome: string };
  readonly thread: { readonly id: string; readonly participant: string } | null | undefined;
}

/** A person among some messages. */
export interface Recent<Message extends Leading> {
  readonly id: string;
  readonly participant: string;
  readonly last: Message;
  readonly messages: number;
  readonly failed: number;
  readonly channels: readonly string[];
}

/** The persons of some messages, in the order of their first one; the messages come newest first. */
export function recentPersons<Message extends Leading>(messages: readonly Message[]): Recent<Message>[] {
  const persons = new Map<string, Recent<Message>>();
  for (const message of messages) {
    const { thread, channel, delivery } = message;
    if (!thread) continue;
    const known = persons.get(thread.id);
    persons.set(thread.id, {
      id: thread.id,
      participant: thread.participant,
      last: known?.last ?? message,
      messages: (known?.messages ?? 0) + 1,
      failed: (known?.failed ?? 0) + (delivery.outcome === 'FAILED' ? 1 : 0),
      channels: [...new Set([...(known?.channels ?? []), channel])].sort(),
    });
  }
  return [...persons.values()];
}
