import { gatewayError } from '../errors/gateway-error.ts';

/** For the arguments that a mutation had before it had an `input`. */
export const DEPRECATED_ARGUMENT = 'Use `input`.';

/**
 * Returns the input of a mutation: `input`, or the single arguments of before.
 *
 * @param names of the values, all of which are required
 * @throws {BAD_USER_INPUT} for both, or for neither
 */
export function inputOf<K extends string>(
  args: { readonly input?: Record<K, string> | null | undefined } & Partial<
    Record<NoInfer<K>, string | null | undefined>
  >,
  names: readonly K[],
): Record<K, string> {
  const single: Partial<Record<K, string | null | undefined>> = args;
  const given = names.filter((name) => single[name] != null);
  if (args.input && given.length === 0) return args.input;
  if (!args.input && given.length === names.length) return single as Record<K, string>;
  throw gatewayError(
    'BAD_USER_INPUT',
    `Give "input" with ${names.join(' and ')}, and no other arguments.`,
    'input',
  );
}
