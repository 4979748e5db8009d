import type { Series } from './bars.ts';

/** The outcomes of deliveries, from the bottom of a bar to its top: failures where they are seen first. */
export const OUTCOME_SERIES: readonly Series[] = [
  { key: 'FAILED', name: 'Failed', color: '--chart-failed' },
  { key: 'PENDING', name: 'Pending', color: '--chart-pending' },
  { key: 'CANCELED', name: 'Canceled', color: '--chart-canceled' },
  { key: 'UNCONFIRMED', name: 'Unconfirmed', color: '--chart-unconfirmed' },
  { key: 'SUCCEEDED', name: 'Succeeded', color: '--chart-succeeded' },
];
