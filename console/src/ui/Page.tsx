import { type ReactNode, useEffect, useRef } from 'react';

interface PageProps {
  readonly title: string;
  /** Beside the heading. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Whether the page is as high as the window, and a part of it scrolls. @default false */
  readonly fills?: boolean;
}

/** Whether this is not the first page: then the heading takes the focus, so that the new page is read out. */
let isLater = false;

/** A screen: its title, its heading, and its content. */
export function Page({ title, actions, children, fills = false }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Twilio GraphQL gateway`;
  }, [title]);
  useEffect(() => {
    if (isLater) heading.current?.focus({ preventScroll: true });
    isLater = true;
  }, []);
  return (
    <div className={fills ? 'page fills' : 'page'}>
      <header className="page-header row spread">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
