import { entryOf } from '../errors/catalogue.ts';
import { OUTCOMES, type Outcome } from '../errors/entry.ts';

/** Returns the worst outcome of a request's error codes; `ok` without any. */
export function outcomeOf(codes: Iterable<string>): Outcome {
  let worst: Outcome = 'ok';
  for (const code of codes) {
    const { outcome } = entryOf(code);
    if (OUTCOMES.indexOf(outcome) < OUTCOMES.indexOf(worst)) worst = outcome;
  }
  return worst;
}
