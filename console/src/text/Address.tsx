import { Text } from './Body.tsx';

/** The sender or recipient of a message. Null if a Messaging Service has not chosen one, or a policy hides it. */
export function Address({ address }: { readonly address: string | null | undefined }) {
  if (!address) return <span className="muted">–</span>;
  return (
    <span className="address">
      <Text text={address} />
    </span>
  );
}
