import { Text } from './Body.tsx';

interface AddressProps {
  /** Null if a Messaging Service has not chosen one, or a policy hides it. */
  readonly address: string | null | undefined;
  /** Leaves out the name of the channel, where it is shown beside it. @default false */
  readonly short?: boolean;
}

/** The sender or recipient of a message. */
export function Address({ address, short = false }: AddressProps) {
  if (!address) return <span className="muted">–</span>;
  const shown = short ? address.replace(/^(?:whatsapp|rcs|messenger):(?=.)/, '') : address;
  return (
    <span className="address" title={shown === address ? undefined : address}>
      <Text text={shown} />
    </span>
  );
}
