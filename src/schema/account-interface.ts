import { builder } from './builder.ts';
import type { AccountNode } from './nodes.ts';

/** Apart from its fields, because messages and accounts refer to one another. */
export const AccountInterface = builder.interfaceRef<AccountNode>('TwilioAccount');
