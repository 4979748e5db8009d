import type { Outcome } from './open-loop.ts';

export interface Summary {
  readonly rate: number;
  readonly accepted: number;
  readonly refused: number;
  readonly wrong: number;
  readonly broken: number;
  readonly acceptedP50: number;
  readonly acceptedP99: number;
  readonly refusedP50: number;
  readonly refusedP99: number;
  readonly refusedMax: number;
  /** How much later than due requests were sent. */
  readonly lagP99: number;
}

export function summarise(outcomes: readonly Outcome[], seconds: number): Summary {
  const took = (kind: Outcome['kind']) =>
    outcomes.flatMap((outcome) => (outcome.kind === kind ? [outcome.took] : [])).sort((a, b) => a - b);
  const accepted = took('accepted');
  const refused = took('refused');
  return {
    rate: outcomes.length / seconds,
    accepted: accepted.length,
    refused: refused.length,
    wrong: took('wrong').length,
    broken: took('broken').length,
    acceptedP50: quantile(accepted, 0.5),
    acceptedP99: quantile(accepted, 0.99),
    refusedP50: quantile(refused, 0.5),
    refusedP99: quantile(refused, 0.99),
    refusedMax: refused.at(-1) ?? 0,
    lagP99: quantile(
      outcomes.map(({ lag }) => lag).sort((a, b) => a - b),
      0.99,
    ),
  };
}

/** @param sorted from the least to the most */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
