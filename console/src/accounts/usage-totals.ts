/** A usage record of Twilio's; numbers are exact decimals as strings. */
export interface UsageItem {
  readonly category: string;
  readonly count: string | null | undefined;
  readonly countUnit: string | null | undefined;
  readonly usage: string | null | undefined;
  readonly usageUnit: string | null | undefined;
  readonly price: { readonly amount: string; readonly currency: string } | null | undefined;
}

/** What of all categories is about messages: those that no other one contains. */
const MESSAGES = ['sms', 'mms', 'channels'];
/** Used without a total of the channels. */
const CHANNEL_PARTS = /^channels-(?:messaging|whatsapp|rcs|messenger)[\w-]*-(?:inbound|outbound)$/;

export interface UsageTotals {
  readonly messages: number;
  /** Of all products, by Twilio's own total. Null where Twilio has none. */
  readonly price: { readonly amount: string; readonly currency: string } | null;
}

/** Twilio's categories overlap, so they cannot be added up as they are. */
export function totalsOf(items: readonly UsageItem[]): UsageTotals {
  const countOf = ({ count }: UsageItem) => Number(count) || 0;
  const hasChannels = items.some(({ category }) => category === 'channels');
  const counted = items.filter(
    ({ category }) => MESSAGES.includes(category) || (!hasChannels && CHANNEL_PARTS.test(category)),
  );
  return {
    messages: counted.reduce((sum, item) => sum + countOf(item), 0),
    price: items.find(({ category }) => category === 'totalprice')?.price ?? null,
  };
}

/** The categories in which there was anything, without the total. */
export const usedOf = (items: readonly UsageItem[]): readonly UsageItem[] =>
  items.filter(
    ({ category, count, usage, price }) =>
      category !== 'totalprice' && [count, usage, price?.amount].some((value) => Number(value) > 0),
  );

/** `12.345 USD` as money; a fraction of a cent is shown where there is less than a unit. */
export function formatMoney({
  amount,
  currency,
}: {
  readonly amount: string;
  readonly currency: string;
}): string {
  const value = Number(amount);
  try {
    const digits = Math.abs(value) < 1 ? 4 : 2;
    return new Intl.NumberFormat('en', {
      style: 'currency',
      currency,
      minimumFractionDigits: 2,
      maximumFractionDigits: digits,
    }).format(value);
  } catch {
    return `${amount} ${currency}`;
  }
}
