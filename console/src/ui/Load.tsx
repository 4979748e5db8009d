import { Component, type ReactNode, Suspense } from 'react';
import { toGatewayError } from '../relay/gateway-error.ts';
import { ErrorState, Loading } from './states.tsx';

interface LoadProps {
  /** Renders the content. `attempt` counts the retries: give it to Relay as `fetchKey`, so that it reads again. */
  readonly children: (attempt: number) => ReactNode;
  /** A change of it ends an error, because something else is to be shown. */
  readonly resetKey?: string;
  /** Whether an error takes a line only, for a part of a screen. @default false */
  readonly compact?: boolean;
  /** @default a bar that moves */
  readonly fallback?: ReactNode;
  /** Called when an error is shown. */
  readonly onError?: () => void;
}

interface LoadState {
  readonly error: unknown;
  readonly attempt: number;
  readonly resetKey: string | undefined;
}

/** Shows what is being read, then the content, or the error with a way forward. */
export class Load extends Component<LoadProps, LoadState> {
  override state: LoadState = { error: null, attempt: 0, resetKey: this.props.resetKey };

  static getDerivedStateFromError(error: unknown): Partial<LoadState> {
    return { error };
  }

  static getDerivedStateFromProps({ resetKey }: LoadProps, state: LoadState): Partial<LoadState> | null {
    return resetKey === state.resetKey ? null : { resetKey, error: null };
  }

  override componentDidCatch() {
    this.props.onError?.();
  }

  readonly retry = () => this.setState(({ attempt }) => ({ error: null, attempt: attempt + 1 }));

  override render() {
    const { error, attempt } = this.state;
    if (error !== null) {
      const { compact = false } = this.props;
      return <ErrorState error={toGatewayError(error)} onRetry={this.retry} compact={compact} />;
    }
    return <Suspense fallback={this.props.fallback ?? <Loading />}>{this.props.children(attempt)}</Suspense>;
  }
}
