/** How the text of a variable becomes a value. */
export interface Kind<T> {
  /** What the text must be, in English: `PORT must be ${expected}.` */
  readonly expected: string;
  /** Returns undefined for text that is not as expected. */
  parse(text: string): T | undefined;
}

/** One environment variable: a row of the settings table. */
export interface Setting<T> {
  readonly name: string;
  readonly kind: Kind<NonNullable<T>>;
  /** As one would write it in the environment; undefined where the setting is optional. */
  readonly default: string | undefined;
  /** One or two sentences in Markdown, for the documentation. */
  readonly meaning: string;
  /** Value in .env.example: the default, or an example. */
  readonly example: string;
}

/** Settings by their name in Config. */
export type Settings = { readonly [key: string]: Setting<unknown> };

/** The values of settings, under the same keys. */
export type Values<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

export type Env = Readonly<Record<string, string | undefined>>;

/** Declares a variable with a default. */
export function setting<T>(name: string, kind: Kind<T>, fallback: string, meaning: string): Setting<T> {
  return { name, kind: kind as Kind<NonNullable<T>>, default: fallback, meaning, example: fallback };
}

/** Declares a variable without a default: its value is undefined unless it is set. */
export function optional<T>(
  name: string,
  kind: Kind<T>,
  example: string,
  meaning: string,
): Setting<T | undefined> {
  return { name, kind: kind as Kind<NonNullable<T>>, default: undefined, meaning, example };
}

/** Returns the text without surrounding whitespace; undefined for a variable that is empty or not set. */
export function textOf(env: Env, { name }: Pick<Setting<unknown>, 'name'>): string | undefined {
  return env[name]?.trim() || undefined;
}

/** Reads settings. Adds a sentence to `problems` for each invalid one, and uses its default. */
export function readSettings<S extends Settings>(settings: S, env: Env, problems: string[] = []): Values<S> {
  const read = (row: Setting<unknown>) => {
    const fallback = row.default === undefined ? undefined : row.kind.parse(row.default);
    const text = textOf(env, row);
    if (text === undefined) return fallback;
    const value = row.kind.parse(text);
    // The text is not repeated: it may be a secret in the wrong place.
    if (value === undefined) problems.push(`${row.name} must be ${row.kind.expected}.`);
    return value ?? fallback;
  };
  return Object.fromEntries(Object.entries(settings).map(([key, row]) => [key, read(row)])) as Values<S>;
}

/** A whole number; `unit` multiplies it, e.g. 1024 for a setting in KiB that Config has in bytes. */
export const integer = (min: number, max: number, unit = 1): Kind<number> => ({
  expected: `a whole number from ${min} to ${max}`,
  parse(text) {
    const value = Number(text);
    return /^\d+$/.test(text) && value >= min && value <= max ? value * unit : undefined;
  },
});

/** A decimal number from 0 to 1. */
export const share: Kind<number> = {
  expected: 'a number from 0 to 1',
  parse: (text) =>
    /^[\d.]+$/.test(text) && Number(text) >= 0 && Number(text) <= 1 ? Number(text) : undefined,
};

export const onOff: Kind<boolean> = {
  expected: 'on or off',
  parse: (text) => (text === 'on' || text === 'off' ? text === 'on' : undefined),
};

export const oneOf = <T extends string>(...values: readonly T[]): Kind<T> => ({
  expected: `one of ${values.join(', ')}`,
  parse: (text) => values.find((value) => value === text),
});

export const text: Kind<string> = { expected: 'text', parse: (value) => value };

export const matching = (pattern: RegExp, expected: string): Kind<string> => ({
  expected,
  parse: (value) => (pattern.test(value) ? value : undefined),
});

/** A URL over which secrets and tokens travel: unencrypted only within this machine. */
export const secureUrl: Kind<URL> = {
  expected: 'an https URL; http is for localhost only',
  parse(value) {
    const url = URL.parse(value);
    const isSecure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
    return url && isSecure ? url : undefined;
  },
};

export const httpUrl: Kind<URL> = {
  expected: 'an http or https URL',
  parse(value) {
    const url = URL.parse(value);
    return url && /^https?:$/.test(url.protocol) ? url : undefined;
  },
};

/** Web origins, separated by commas. */
export const origins: Kind<readonly string[]> = {
  expected: 'origins such as https://desk.example.com, separated by commas',
  parse(value) {
    const found: string[] = [];
    for (const part of value.split(',').map((one) => one.trim())) {
      if (part === '') continue;
      const url = httpUrl.parse(part);
      if (!url || (url.origin !== part && `${url.origin}/` !== part)) return undefined;
      found.push(url.origin);
    }
    return found;
  },
};

/** Whether a host name means this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || /^127(?:\.\d{1,3}){3}$/.test(host) || host === '::1' || host === '[::1]';
}
