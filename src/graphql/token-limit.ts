import { Lexer, Source, TokenKind } from 'graphql';
import { gatewayError } from '../errors/gateway-error.ts';

/** Brackets within brackets; parsing and validating go down with them, and would leave the stack. */
const MAX_NESTING = 200;

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Checks a query's text before it is parsed.
 *
 * @throws {TOO_MANY_TOKENS} {QUERY_TOO_DEEP} and graphql-js's own for an invalid token
 */
export function checkTokens(text: string, maxTokens: number): void {
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
