import { builder } from './builder.ts';
import type { MessageNode } from './message-node.ts';

/** Apart from its fields, because messages and accounts refer to one another. */
export const MessageRef = builder.objectRef<MessageNode>('Message');
