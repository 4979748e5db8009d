import { useCallback, useEffect, useRef, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import type { MediaStripQuery } from '#relay/MediaStripQuery';
import { toGatewayError } from '../relay/gateway-error.ts';
import { useViewer } from '../shell/viewer.ts';
import { Text } from '../text/Body.tsx';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';

const QUERY = graphql`
  query MediaStripQuery($id: ID!) {
    node(id: $id) {
      ... on Message {
        media {
          sid
          contentType
          url
        }
      }
    }
  }
`;

type Node = Extract<NonNullable<MediaStripQuery['response']['node']>, { readonly media?: unknown }>;
type Item = NonNullable<Node['media']>[number];

/** The types that a browser draws without running anything. */
const PICTURES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

/** The files of a message, read when it comes into view: their links end after a quarter of an hour. */
export function MediaStrip({ id, count }: { readonly id: string; readonly count: number }) {
  const { fieldPolicy } = useViewer();
  const environment = useRelayEnvironment();
  const box = useRef<HTMLDivElement>(null);
  const [items, setItems] = useState<readonly Item[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const isShown = fieldPolicy.media === 'SHOWN';
  const files = count === 1 ? '1 file' : `${count} files`;

  const read = useCallback(() => {
    setProblem(null);
    fetchQuery<MediaStripQuery>(environment, QUERY, { id }).subscribe({
      next: ({ node }) => setItems((node && 'media' in node ? node.media : null) ?? []),
      error: (error: Error) => setProblem(toGatewayError(error).message),
    });
  }, [environment, id]);
  useEffect(() => {
    const element = box.current;
    if (!element || !isShown) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      observer.disconnect();
      read();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [isShown, read]);

  if (!isShown) {
    return (
      <span className="body-absent" title="Your field policy hides media.">
        <Icon name="hidden" /> {files} hidden
      </span>
    );
  }
  return (
    <div ref={box} className="media-strip">
      {problem !== null ? (
        <span className="media-problem">
          {problem} <Button onClick={read}>Try again</Button>
        </span>
      ) : items === null ? (
        Array.from({ length: Math.min(count, 10) }, (_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: places have no other name
          <span key={place} className="media-place" />
        ))
      ) : items.length === 0 ? (
        <span className="body-absent">
          <Icon name="image" /> {files}, no longer at Twilio
        </span>
      ) : (
        items.map((item, place) => (
          <MediaFile
            key={item.sid}
            item={item}
            name={`File ${place + 1} of ${items.length}`}
            onExpired={read}
          />
        ))
      )}
    </div>
  );
}

interface MediaFileProps {
  readonly item: Item;
  readonly name: string;
  readonly onExpired: () => void;
}

function MediaFile({ item: { contentType, url }, name, onExpired }: MediaFileProps) {
  const [isBroken, setBroken] = useState(false);
  if (!url) return null;
  // By its path: the page's policy allows pictures of its own origin, whatever the gateway takes for its name.
  const href = new URL(url).pathname;
  const isPicture = PICTURES.has(contentType ?? '');
  if (isPicture && isBroken) {
    return (
      <span className="media-problem">
        The picture could not be shown.{' '}
        <Button
          onClick={() => {
            setBroken(false);
            onExpired();
          }}
        >
          Try again
        </Button>
      </span>
    );
  }
  return (
    <a href={href} target="_blank" rel="noreferrer" className={isPicture ? 'media-picture' : 'thread-file'}>
      {isPicture ? (
        <img src={href} alt={`${name}, open it`} decoding="async" onError={() => setBroken(true)} />
      ) : (
        <>
          <Icon name="download" />
          <span className="visually-hidden">{name}: </span>
          <Text text={contentType ?? 'unknown type'} />
        </>
      )}
    </a>
  );
}
