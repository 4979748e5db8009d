/** A number such as -0.00750: the integer -750, with 5 decimals. */
export interface Decimal {
  readonly integer: number | bigint;
  readonly decimals: number;
}

/** Adds decimal numbers exactly. */
export class DecimalSum {
  /** What was added since the last carry, as an integer of {@link #decimals} decimals: small sums need no BigInt. */
  #small = 0;
  #carried = 0n;
  #decimals = 0;

  /** @param decimal such as `-0.00750` */
  add(decimal: string | Decimal): void {
    const { integer, decimals } = typeof decimal === 'string' ? parse(decimal) : decimal;
    if (decimals > this.#decimals) {
      this.#carried = this.#sum() * 10n ** BigInt(decimals - this.#decimals);
      this.#small = 0;
      this.#decimals = decimals;
    }
    const scaled =
      decimals === this.#decimals ? integer : BigInt(integer) * 10n ** BigInt(this.#decimals - decimals);
    if (typeof scaled === 'bigint') this.#carried += scaled;
    else if (Number.isSafeInteger(this.#small + scaled)) this.#small += scaled;
    else {
      this.#carried = this.#sum();
      this.#small = scaled;
    }
  }

  #sum(): bigint {
    return this.#carried + BigInt(this.#small);
  }

  /** The negated sum, with as many decimals as the longest number that was added. */
  negated(): string {
    const value = -this.#sum();
    const digits = (value < 0n ? -value : value).toString().padStart(this.#decimals + 1, '0');
    const whole = digits.slice(0, digits.length - this.#decimals);
    const fraction = this.#decimals > 0 ? `.${digits.slice(-this.#decimals)}` : '';
    return `${value < 0n ? '-' : ''}${whole}${fraction}`;
  }
}

function parse(text: string): Decimal {
  const point = text.indexOf('.');
  const decimals = point < 0 ? 0 : text.length - point - 1;
  const digits = point < 0 ? text : text.slice(0, point) + text.slice(point + 1);
  const integer = Number(digits);
  return { integer: Number.isSafeInteger(integer) ? integer : BigInt(digits), decimals };
}
