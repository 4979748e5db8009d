const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe markup: created by {@link html}, or a constant of the program. */
export interface Html {
  readonly markup: string;
}

type Value = string | number | Html | readonly Html[] | null;

/** Creates HTML. Every value is escaped unless it is HTML itself; null becomes nothing. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return { markup: String.raw({ raw: parts }, ...values.map(markupOf)) };
}

function markupOf(value: Value): string {
  if (value === null) return '';
  if (typeof value !== 'object') return String(value).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('\n');
}
