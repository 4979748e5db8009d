import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  Lexer,
  parse,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql';
import type { LimitSettings } from '../config/limits.ts';
import { gatewayError } from '../errors/gateway-error.ts';

/** Maximum depth of brackets. Parsing and validation are recursive and would overflow the stack. */
const MAX_NESTING = 200;
const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Pairs of fields with one name that validation may have to compare; a query of fragments has a few thousand. */
const MAX_PAIRS = 50_000;

/**
 * Parses a document. Rejects one that would keep the parser or the validation busy.
 *
 * @throws {TOO_MANY_TOKENS} {QUERY_TOO_DEEP} {TOO_MANY_REPEATED_FIELDS} {TOO_MANY_FIELDS} and graphql-js's syntax errors
 */
export function parseDocument(
  text: string,
  { maxTokens, maxFields }: Pick<LimitSettings, 'maxTokens' | 'maxFields'>,
): DocumentNode {
  checkTokens(text, maxTokens);
  const document = parse(text);
  checkRepeatedFields(document, maxFields);
  return document;
}

/** Counts tokens and brackets. graphql-js's option `maxTokens` does not limit brackets, and parsing is recursive. */
function checkTokens(text: string, maxTokens: number): void {
  const lexer = new Lexer(new Source(text));
  let nesting = 0;
  for (let tokens = 1; ; tokens += 1) {
    const { kind } = lexer.advance();
    if (kind === TokenKind.EOF) return;
    if (tokens > maxTokens) throw gatewayError('TOO_MANY_TOKENS', maxTokens);
    if (OPENING.has(kind)) nesting += 1;
    if (CLOSING.has(kind)) nesting -= 1;
    if (nesting > MAX_NESTING) throw gatewayError('QUERY_TOO_DEEP', 'brackets', MAX_NESTING, nesting);
  }
}

/**
 * Rejects a document that selects the same response name too often in one place. Validation compares each of these
 * fields with each other, and everything below them: 11 kB of `viewer { a: name } viewer { a: role } …` take seconds.
 */
function checkRepeatedFields(document: DocumentNode, maxFields: number): void {
  const fragments = fragmentsOf(document);
  let fields = 0;
  let pairs = 0;

  /** @param sets the selection sets that are merged into one object of the response */
  function visit(sets: readonly SelectionSetNode[]): void {
    const byName = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    for (const set of sets) collect(set, byName, spread);
    for (const same of byName.values()) {
      pairs += same.length * (same.length - 1);
      if (pairs > MAX_PAIRS) throw gatewayError('TOO_MANY_REPEATED_FIELDS', MAX_PAIRS, pairs);
      const below = same.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.length > 0) visit(below);
    }
  }

  function collect(
    { selections }: SelectionSetNode,
    byName: Map<string, FieldNode[]>,
    spread: Set<string>,
  ): void {
    for (const selection of selections) {
      fields += 1;
      if (fields > maxFields) throw gatewayError('TOO_MANY_FIELDS', maxFields, fields);
      if (selection.kind === Kind.FIELD) {
        const { value } = selection.alias ?? selection.name;
        const same = byName.get(value);
        if (same) same.push(selection);
        else byName.set(value, [selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        collect(selection.selectionSet, byName, spread);
      } else if (!spread.has(selection.name.value)) {
        // As in execution, a fragment counts once in one place, so it cannot spread itself there.
        spread.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet, byName, spread);
      }
    }
  }

  for (const definition of document.definitions) {
    if (!('selectionSet' in definition)) continue;
    fields = 0;
    visit([definition.selectionSet]);
  }
}

/** Returns a document's fragments by name. */
export function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}
