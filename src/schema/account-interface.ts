import type { AccountNode } from './account-node.ts';
import { builder } from './builder.ts';

/** Defined separately from its fields, because messages and accounts refer to each other. */
export const AccountInterface = builder.interfaceRef<AccountNode>('TwilioAccount');
