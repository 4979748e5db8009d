/** What the 2010 API writes when a path has no `.json`: close to it, for people who forget the suffix. */
export function toXml(value: unknown): string {
  return `<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse>${element('', value)}</TwilioResponse>`;
}

function element(name: string, value: unknown): string {
  const content =
    value === null || value === undefined
      ? ''
      : Array.isArray(value)
        ? value.map((item) => element(singular(name), item)).join('')
        : typeof value === 'object'
          ? Object.entries(value)
              .map(([key, item]) => element(pascal(key), item))
              .join('')
          : escapeXml(String(value));
  return name === '' ? content : `<${name}>${content}</${name}>`;
}

function pascal(key: string): string {
  return key.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function singular(name: string): string {
  return name === 'MediaList' ? 'Media' : name.replace(/s$/, '');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
