/**
 * A page cannot make a browser send this without asking first, as it can forms and plain text. Media types are the
 * same in small and in large letters.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1
 */
const JSON_TYPE = /^application\/(?:graphql\+)?json\s*(?=;|$)/i;

export function isJsonType(contentType: string): boolean {
  return JSON_TYPE.test(contentType);
}

/** In small letters and without space before its parameters: yoga knows it in no other form. */
export function plainJsonType(contentType: string): string {
  return contentType.replace(JSON_TYPE, (name) => name.trimEnd().toLowerCase());
}

/** What yoga writes answers in. */
const SERVED = [
  'application/graphql-response+json',
  'application/json',
  'text/event-stream',
  'multipart/mixed',
];

/** Whether any of the media types that a client accepts can be served, in UTF-8 as all of them are. */
export function isServable(accept: string | null): boolean {
  return (accept || '*/*').split(',').some((range) => {
    const [name = '', ...parameters] = range.replaceAll(/\s/g, '').toLowerCase().split(';');
    if (parameters.some((one) => one.includes('charset=') && one !== 'charset=utf-8')) return false;
    const [type, subtype] = name.split('/');
    return SERVED.some((served) => {
      const [servedType, servedSubtype] = served.split('/');
      return (type === '*' || type === servedType) && (subtype === '*' || subtype === servedSubtype);
    });
  });
}
