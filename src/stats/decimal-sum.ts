/** Adds decimal numbers exactly. */
export class DecimalSum {
  #scaled = 0n;
  #digits = 0;

  /** @param decimal such as `-0.00750` */
  add(decimal: string): void {
    const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
    if (fraction.length > this.#digits) {
      this.#scaled *= 10n ** BigInt(fraction.length - this.#digits);
      this.#digits = fraction.length;
    }
    const value = BigInt(whole + fraction.padEnd(this.#digits, '0'));
    this.#scaled += decimal.startsWith('-') ? -value : value;
  }

  /** The negated sum, with as many decimals as the longest number that was added. */
  negated(): string {
    const value = -this.#scaled;
    const digits = (value < 0n ? -value : value).toString().padStart(this.#digits + 1, '0');
    const whole = digits.slice(0, digits.length - this.#digits);
    const fraction = this.#digits > 0 ? `.${digits.slice(-this.#digits)}` : '';
    return `${value < 0n ? '-' : ''}${whole}${fraction}`;
  }
}
