import { builder } from './builder.ts';
import type { MessageNode } from './message-node.ts';

/** Defined separately from its fields, because messages and accounts refer to each other. */
export const MessageRef = builder.objectRef<MessageNode>('Message');
