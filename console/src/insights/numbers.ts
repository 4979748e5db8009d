const whole = new Intl.NumberFormat('en');
const percentage = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

export const formatCount = (count: number): string => whole.format(count);

/** `95.3%`. A rate that is not quite everything never reads 100.0%. */
export function formatRate(rate: number): string {
  const shown = rate < 1 ? Math.min(rate, 0.999) : rate;
  return percentage.format(shown > 0 ? Math.max(shown, 0.001) : shown);
}

/** The share of a whole: `12%`, or `<1%`. */
export function formatShare(part: number, all: number): string {
  if (all <= 0 || part <= 0) return '0%';
  const share = part / all;
  return share < 0.01 ? '<1%' : `${Math.round(share * 100)}%`;
}

/**
 * An exact amount as people read it: `$1,234.57`. Small amounts keep the digits that matter.
 *
 * @param amount a decimal of any length
 */
export function formatMoney(amount: string, currency: string): string {
  const digits = Math.abs(Number(amount)) < 0.01 ? 4 : 2;
  try {
    const format = new Intl.NumberFormat('en', {
      style: 'currency',
      currency,
      minimumFractionDigits: 2,
      maximumFractionDigits: digits,
    });
    // As text, because a number would round it twice.
    return format.format(amount as `${number}`);
  } catch {
    return `${amount} ${currency}`;
  }
}
