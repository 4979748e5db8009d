import type { Outcome } from './open-loop.ts';

export interface Summary {
  readonly rate: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly wrong: number;
  readonly broken: number;
  readonly acceptedP50: number;
  readonly acceptedP99: number;
  readonly rejectedP50: number;
  readonly rejectedP99: number;
  readonly rejectedMax: number;
  /** Delay of the load generator. */
  readonly lagP99: number;
}

export function summarize(outcomes: readonly Outcome[], seconds: number): Summary {
  const took = (kind: Outcome['kind']) =>
    outcomes.flatMap((outcome) => (outcome.kind === kind ? [outcome.took] : [])).sort((a, b) => a - b);
  const accepted = took('accepted');
  const rejected = took('rejected');
  return {
    rate: outcomes.length / seconds,
    accepted: accepted.length,
    rejected: rejected.length,
    wrong: took('wrong').length,
    broken: took('broken').length,
    acceptedP50: quantile(accepted, 0.5),
    acceptedP99: quantile(accepted, 0.99),
    rejectedP50: quantile(rejected, 0.5),
    rejectedP99: quantile(rejected, 0.99),
    rejectedMax: rejected.at(-1) ?? 0,
    lagP99: quantile(
      outcomes.map(({ lag }) => lag).sort((a, b) => a - b),
      0.99,
    ),
  };
}

/** @param sorted in ascending order */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
