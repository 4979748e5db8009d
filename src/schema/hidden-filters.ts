import { gatewayError } from '../errors/gateway-error.ts';
import type { MessageCriteria } from '../pagination/message-filter.ts';
import type { FieldPolicy } from '../policy/field-policy.ts';

const BODY_FILTERS = ['bodyContains', 'text'] as const;
const ADDRESS_FILTERS = ['to', 'from', 'participant'] as const;

/**
 * Rejects filters by what the caller must not see: the number of results would tell whether a guess is right.
 *
 * @throws {FILTER_NOT_ALLOWED}
 */
export function rejectHiddenFilters(
  filter: MessageCriteria | null | undefined,
  { bodies, addresses }: FieldPolicy,
): void {
  const hidden = [
    ...(bodies === 'SHOWN' ? [] : BODY_FILTERS),
    ...(addresses === 'SHOWN' ? [] : ADDRESS_FILTERS),
  ];
  const used = hidden.find((name) => filter?.[name] != null);
  if (used) throw gatewayError('FILTER_NOT_ALLOWED', `filter.${used}`);
}
