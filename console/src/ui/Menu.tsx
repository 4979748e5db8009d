import { type ReactNode, useId, useRef, useState } from 'react';
import { Button } from './Button.tsx';
import type { IconName } from './Icon.tsx';

interface MenuProps {
  readonly label: string;
  readonly icon?: IconName;
  /** Shows the icon without the label. */
  readonly iconOnly?: boolean;
  readonly kind?: 'plain' | 'quiet' | 'primary';
  /** The content of the button in place of the label. */
  readonly shown?: ReactNode;
  /** Which edges of button and content meet. @default 'start' */
  readonly align?: 'start' | 'end';
  /** Rendered while it is open. */
  readonly children: (close: () => void) => ReactNode;
}

/** A button with content below it: a popover of the browser, closed by Esc and by a click elsewhere. */
export function Menu({ label, icon, iconOnly, kind, shown, align = 'start', children }: MenuProps) {
  const id = useId();
  const ref = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLSpanElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    ref.current?.hidePopover();
    button.current?.querySelector('button')?.focus();
  };
  const place = () => {
    const content = ref.current;
    const box = button.current?.getBoundingClientRect();
    if (!content || !box) return;
    const start = align === 'start' ? box.left : box.right - content.offsetWidth;
    const left = Math.max(8, Math.min(start, document.documentElement.clientWidth - content.offsetWidth - 8));
    content.style.left = `${left}px`;
    content.style.top = `${box.bottom + 4}px`;
    content.style.maxHeight = `${Math.max(160, innerHeight - box.bottom - 16)}px`;
  };
  return (
    <>
      <span ref={button} className="menu-anchor">
        <Button
          kind={kind ?? 'plain'}
          {...(icon ? { icon } : {})}
          {...(iconOnly ? { iconOnly } : {})}
          aria-expanded={isOpen}
          popoverTarget={id}
          {...(shown ? { 'aria-label': label } : {})}
        >
          {shown ?? label}
        </Button>
      </span>
      <div
        ref={ref}
        id={id}
        popover="auto"
        className="menu"
        role="dialog"
        aria-label={label}
        onToggle={(event) => {
          const opens = event.newState === 'open';
          setOpen(opens);
          if (opens)
            requestAnimationFrame(() => {
              place();
              ref.current?.querySelector<HTMLElement>('[autofocus], input, button, a, select')?.focus();
            });
        }}
      >
        {isOpen && children(close)}
      </div>
    </>
  );
}

/** A button in a menu, as wide as the menu. */
export function MenuItem(props: {
  readonly onSelect: () => void;
  readonly icon?: IconName;
  readonly children: ReactNode;
  readonly checked?: boolean;
}) {
  const { onSelect, icon, children, checked } = props;
  return (
    <Button
      kind="quiet"
      className="menu-item"
      {...(icon ? { icon } : {})}
      {...(checked === undefined ? {} : { 'aria-pressed': checked })}
      onClick={onSelect}
    >
      {children}
    </Button>
  );
}
