import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import type { MessageMedia_message$key } from '#relay/MessageMedia_message';
import { useViewer } from '../shell/viewer.ts';
import { Icon } from '../ui/Icon.tsx';
import { Notice } from '../ui/states.tsx';

/** What browsers show as a picture and never run. SVG is none of them. */
const IMAGES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif'];

interface MessageMediaProps {
  readonly message: MessageMedia_message$key;
  readonly level: 'h2' | 'h3';
}

/** The pictures of a message; other files by their type only. */
export function MessageMedia({ message, level: Heading }: MessageMediaProps) {
  const { numMedia, media } = useFragment(
    graphql`
      fragment MessageMedia_message on Message {
        numMedia
        media @catch(to: RESULT) {
          id
          sid
          contentType
          url
        }
      }
    `,
    message,
  );
  const { fieldPolicy } = useViewer();
  if (!numMedia) return null;
  return (
    <section className="detail-section" aria-labelledby="media-title">
      <Heading id="media-title">
        Media <span className="muted number">{numMedia}</span>
      </Heading>
      {fieldPolicy.media !== 'SHOWN' ? (
        <p className="body-absent">
          <Icon name="hidden" /> Your field policy hides media.
        </p>
      ) : !media.ok ? (
        <Notice tone="warning">
          The media could not be read. The credential may lack the permission MEDIA_LIST.
        </Notice>
      ) : (
        <ul className="media-list">
          {(media.value ?? []).map(({ id, sid, contentType, url }, index) => (
            <li key={id}>
              <Picture
                name={`Media ${index + 1} of ${numMedia}`}
                sid={sid}
                contentType={contentType ?? null}
                url={url ?? null}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface PictureProps {
  readonly name: string;
  readonly sid: string;
  readonly contentType: string | null;
  readonly url: string | null;
}

function Picture({ name, sid, contentType, url }: PictureProps) {
  const [hasFailed, setFailed] = useState(false);
  const isImage = IMAGES.includes(contentType?.toLowerCase() ?? '');
  if (!isImage || !url || hasFailed) {
    return (
      <p className="detail-file muted">
        <Icon name="image" /> {contentType ?? 'unknown type'}{' '}
        {isImage ? '– the picture could not be loaded' : '– not shown here'} <code>{sid}</code>
      </p>
    );
  }
  // At this origin, whatever name the gateway gives itself: the page's policy allows no other.
  const { pathname, search } = new URL(url, location.origin);
  return <img src={pathname + search} alt={name} loading="lazy" onError={() => setFailed(true)} />;
}
