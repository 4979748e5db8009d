import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { Link } from 'wouter';
import { Icon, type IconName } from './Icon.tsx';
import './ui.css';

interface Look {
  /** @default 'plain' */
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: IconName;
  /** Shows the icon alone: `children` are then the name that is read out, and shown on hover. */
  readonly iconOnly?: boolean;
  readonly children: ReactNode;
}

type ButtonProps = Look & ButtonHTMLAttributes<HTMLButtonElement>;

const classOf = ({ kind = 'plain', iconOnly }: Pick<Look, 'kind' | 'iconOnly'>): string =>
  `button ${kind}${iconOnly ? ' icon-only' : ''}`;

export function Button({ kind, icon, iconOnly, children, className = '', ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`${classOf({ kind, iconOnly })} ${className}`}
      title={iconOnly && typeof children === 'string' ? children : rest.title}
    >
      {icon && <Icon name={icon} />}
      {iconOnly ? <span className="visually-hidden">{children}</span> : children}
    </button>
  );
}

/** A link that looks like a button: it leads to an address. */
export function ButtonLink({ kind, icon, iconOnly, children, href }: Look & { readonly href: string }) {
  return (
    <Link href={href} className={classOf({ kind, iconOnly })}>
      {icon && <Icon name={icon} />}
      {iconOnly ? <span className="visually-hidden">{children}</span> : children}
    </Link>
  );
}
