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

/** The media types of responses; the first one if the client prefers neither. */
const SERVED = ['application/json', 'application/graphql-response+json'] as const;

/**
 * Chooses the media type of the response: the one with the greatest weight, of equal ones the one that is named
 * first. Null where the client accepts neither, in UTF-8 as all responses are.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function chooseType(accept: string | null): (typeof SERVED)[number] | null {
  const ranges = rangesOf(accept ?? '');
  if (ranges.length === 0) return SERVED[0];
  let best: { type: (typeof SERVED)[number]; index: number; weight: number } | undefined;
  for (const type of SERVED) {
    // The most specific range decides, even where a wildcard has a greater weight: that is how one type is excluded.
    const index = [type, 'application/*', '*/*']
      .map((name) => ranges.findIndex((range) => range.name === name))
      .find((found) => found >= 0);
    const { weight = 0 } = (index !== undefined && ranges[index]) || {};
    if (index === undefined || weight === 0) continue;
    const isBetter = !best || weight > best.weight || (weight === best.weight && index < best.index);
    if (isBetter) best = { type, index, weight };
  }
  return best?.type ?? null;
}

interface MediaRange {
  /** In small letters, such as `application/*`; empty where its charset is not UTF-8. */
  readonly name: string;
  readonly weight: number;
}

/** A part up to the next comma or semicolon, which may also stand in quotes. Nothing follows it: it cannot backtrack. */
const LIST_ITEM = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
const PARAMETER = /(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g;

function rangesOf(accept: string): MediaRange[] {
  const items = accept.replaceAll(/\s/g, '').toLowerCase().match(LIST_ITEM) ?? [];
  return items.map((item) => {
    const [name = '', ...parameters] = item.match(PARAMETER) ?? [];
    const parameter = (key: string) =>
      parameters
        .find((one) => one.startsWith(`${key}=`))
        ?.slice(key.length + 1)
        .replaceAll('"', '');
    const charset = parameter('charset') ?? 'utf-8';
    const weight = /^(?:0(?:\.\d*)?|\.\d+|1(?:\.0*)?)$/.exec(parameter('q') ?? '1');
    return {
      name: charset !== 'utf-8' ? '' : name === '*' ? '*/*' : name,
      // A weight that is none is passed over.
      weight: weight ? Number(weight[0]) : 1,
    };
  });
}
