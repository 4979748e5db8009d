import type { AccountNode } from './account-node.ts';
import { builder } from './builder.ts';

/** Apart from its fields, because messages and accounts refer to one another. */
export const AccountInterface = builder.interfaceRef<AccountNode>('TwilioAccount');
