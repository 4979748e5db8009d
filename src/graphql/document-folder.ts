import {
  type DefinitionNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { LimitSettings } from '../config/limits.ts';
import type { ReadFile, SourceDocument } from './document-files.ts';
import { parseDocument } from './document-limits.ts';

interface Defined<T extends DefinitionNode> {
  readonly node: T;
  readonly file: ReadFile;
  /** How many definitions its file has. */
  readonly neighbours: number;
}

/**
 * Reads the operations of a folder of .graphql files. A fragment may be in another file than the operations that spread it.
 *
 * @param problems gets a sentence with file and line for each file that cannot be used
 */
export function* readFolder(
  files: Iterable<ReadFile>,
  limits: LimitSettings,
  problems: string[],
): Generator<SourceDocument | undefined> {
  const operations: Defined<OperationDefinitionNode>[] = [];
  const fragments = new Map<string, Defined<FragmentDefinitionNode>>();
  for (const file of files) {
    yield undefined;
    const definitions = definitionsOf(file, limits, problems);
    const neighbours = definitions.length;
    for (const node of definitions) {
      const line = node.loc?.startToken.line ?? 1;
      if (node.kind === Kind.OPERATION_DEFINITION) {
        operations.push({ node, file, neighbours });
      } else if (node.kind !== Kind.FRAGMENT_DEFINITION) {
        problems.push(`${file.name}:${line}: Only operations and fragments are documents.`);
      } else if (fragments.has(node.name.value)) {
        const first = fragments.get(node.name.value)?.file.name;
        problems.push(`${file.name}:${line}: ${first} has a fragment "${node.name.value}" too. Rename one.`);
      } else {
        fragments.set(node.name.value, { node, file, neighbours });
      }
    }
  }
  const used = new Set<string>();
  for (const operation of operations) {
    const needed = fragmentsOf(operation.node, fragments);
    for (const { node } of needed) used.add(node.name.value);
    yield compose(operation, needed);
  }
  for (const [name, { node, file }] of fragments) {
    if (used.has(name)) continue;
    problems.push(
      `${file.name}:${node.loc?.startToken.line ?? 1}: No operation uses the fragment "${name}".`,
    );
  }
}

function definitionsOf(file: ReadFile, limits: LimitSettings, problems: string[]): readonly DefinitionNode[] {
  try {
    return parseDocument(file.text, limits).definitions;
  } catch (error) {
    const [location] = (error instanceof GraphQLError && error.locations) || [];
    problems.push(`${file.name}:${location?.line ?? 1}: ${(error as Error).message}`);
    return [];
  }
}

/** Returns the fragments that an operation needs, each once, also through other fragments. */
function fragmentsOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, Defined<FragmentDefinitionNode>>,
): readonly Defined<FragmentDefinitionNode>[] {
  const needed = new Map<string, Defined<FragmentDefinitionNode>>();
  const pending: DefinitionNode[] = [operation];
  for (let node = pending.pop(); node; node = pending.pop()) {
    visit(node, {
      FragmentSpread({ name: { value } }) {
        const found = fragments.get(value);
        if (!found || needed.has(value)) return;
        needed.set(value, found);
        pending.push(found.node);
      },
    });
  }
  return [...needed.values()];
}

/** A file that is one whole document keeps its text, so that its hash is that of the file. */
function compose(
  operation: Defined<OperationDefinitionNode>,
  fragments: readonly Defined<FragmentDefinitionNode>[],
): SourceDocument {
  const { file, neighbours } = operation;
  if (neighbours === 1 + fragments.length && fragments.every((one) => one.file === file)) {
    return { id: undefined, text: file.text, place: (line) => `${file.name}:${line}` };
  }
  const parts = [operation, ...fragments].map((one) => ({
    name: one.file.name,
    firstLine: one.node.loc?.startToken.line ?? 1,
    text: one.file.text.slice(one.node.loc?.start, one.node.loc?.end),
  }));
  return {
    id: undefined,
    text: parts.map(({ text }) => text).join('\n\n'),
    place(line) {
      let rest = line;
      for (const { name, firstLine, text } of parts) {
        const lines = text.split('\n').length;
        if (rest <= lines) return `${name}:${firstLine + rest - 1}`;
        rest -= lines + 1;
      }
      return file.name;
    },
  };
}
