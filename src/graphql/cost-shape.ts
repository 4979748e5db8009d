/** Deeper than any input of the schema that a cost depends on. */
const MAX_DEPTH = 3;

/**
 * Writes down of a request's variables what its cost depends on: numbers, how long lists are, and what is there
 * at all. Two requests of the same shape cost the same, whatever their addresses and SIDs are.
 */
export function costShape(value: unknown, depth = 0): string {
  switch (typeof value) {
    case 'number':
      return String(value);
    case 'string':
      return value === '' ? 'e' : 's';
    case 'boolean':
      return 'b';
    case 'object':
      if (value === null) return 'n';
      if (Array.isArray(value)) return `[${value.length}]`;
      return depth === MAX_DEPTH ? 'o' : shapeOf(value as Record<string, unknown>, depth + 1);
    default:
      return 'n';
  }
}

function shapeOf(values: Record<string, unknown>, depth: number): string {
  let shape = '{';
  for (const name in values) {
    // A made-up name must not look like other variables: their cost would be taken for this one's.
    const written = /^\w+$/.test(name) ? name : JSON.stringify(name);
    shape += `${written}:${costShape(values[name], depth)},`;
  }
  return `${shape}}`;
}
