/** Text to YAML nodes. What the language refuses is refused on the token stream, before any node is made. */

import { Composer, CST, Lexer, Parser, type Document as YamlDocument } from 'yaml';
import { diagnostic } from '../diagnostics/index.js';
import type { SourceText } from '../diagnostics/source-text.js';
import type { Diagnostic } from '../diagnostics/types.js';

/** Greatest nesting of a document. */
export const MAX_DEPTH = 64;
/** Errors reported of one file. */
const MAX_ERRORS = 1000;
/** Errors of the library that only repeat what was said of the token. */
const SAID_ALREADY = new Set([
  'BAD_ALIAS',
  'ALIAS_PROPS',
  'BAD_DIRECTIVE',
  'BAD_PROP_ORDER',
  'MULTIPLE_ANCHORS',
  'MULTIPLE_TAGS',
  'TAG_RESOLVE_FAILED',
]);

export interface Parsed {
  /** Undefined where the text is nested too deeply to be composed. */
  readonly documents: readonly YamlDocument.Parsed[] | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export function parseYaml(source: SourceText): Parsed {
  const refused: Diagnostic[] = [];
  const tokens = parseTokens(source, refused);
  if (tokens === undefined) return { documents: undefined, diagnostics: refused };
  const documents = compose(tokens, source.text.length);
  for (const document of documents) addErrors(document, source, refused);
  return { documents, diagnostics: refused };
}

/** The syntax trees of the text; undefined where it is nested too deeply. */
function parseTokens(source: SourceText, refused: Diagnostic[]): CST.Token[] | undefined {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let scalarNext = false;
  for (const lexeme of new Lexer().lex(source.text)) {
    const offset = parser.offset;
    if (!scalarNext) refuseLexeme(lexeme, offset, source, refused);
    scalarNext = lexeme === CST.SCALAR;
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (depthOf(parser.stack) > MAX_DEPTH) {
      refused.push(tooDeep(source, offset));
      return undefined;
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

/** Open collections: the stack without the document at its bottom and a scalar at its top. */
function depthOf(stack: readonly CST.Token[]): number {
  const top = stack[stack.length - 1];
  return CST.isCollection(top) ? stack.length - 1 : stack.length - 2;
}

function tooDeep(source: SourceText, offset: number): Diagnostic {
  const message = `nested more than ${MAX_DEPTH} levels deep`;
  return diagnostic('source/too-deep', { message, at: source.location(offset) });
}

function refuseLexeme(
  lexeme: string,
  offset: number,
  source: SourceText,
  refused: Diagnostic[],
): void {
  const first = lexeme.charCodeAt(0);
  // `%`, `&`, `*`, `!`: the cheap test first, since this runs for every token.
  if (first !== 0x25 && first !== 0x26 && first !== 0x2a && first !== 0x21) return;
  if (refused.length >= MAX_ERRORS) return;
  const at = source.location(offset, offset + lexeme.trimEnd().length);
  const text = JSON.stringify(lexeme.trimEnd());
  const quoteHint = `If the text itself is meant, put it in quotes: ${text}.`;
  if (first === 0x25) {
    refused.push(diagnostic('source/directive', { message: `the directive ${text}`, at }));
  } else if (first === 0x26) {
    refused.push(
      diagnostic('source/anchor', { message: `the anchor ${text}`, at, hint: quoteHint }),
    );
  } else if (first === 0x2a) {
    refused.push(diagnostic('source/alias', { message: `the alias ${text}`, at, hint: quoteHint }));
  } else {
    refused.push(diagnostic('source/tag', { message: `the tag ${text}`, at, hint: quoteHint }));
  }
}

function compose(tokens: readonly CST.Token[], length: number): YamlDocument.Parsed[] {
  // Equal keys are found by the builder: the library compares each key with all others.
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    strict: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const documents: YamlDocument.Parsed[] = [];
  for (const token of tokens) for (const document of composer.next(token)) documents.push(document);
  for (const document of composer.end(true, length)) documents.push(document);
  return documents;
}

function addErrors(document: YamlDocument.Parsed, source: SourceText, refused: Diagnostic[]): void {
  for (const problem of [...document.errors, ...document.warnings]) {
    if (SAID_ALREADY.has(problem.code) && refused.length > 0) continue;
    if (refused.length >= MAX_ERRORS) return;
    const at = source.location(problem.pos[0], problem.pos[1]);
    refused.push(
      diagnostic('source/syntax', {
        message: sentence(problem.message),
        at,
        hint: hintOf(problem.code),
      }),
    );
  }
}

function sentence(message: string): string {
  return message.split('\n', 1)[0]!.replace(/[.:]$/, '');
}

function hintOf(code: string): string | undefined {
  if (code === 'BAD_SCALAR_START') return 'Put the value in quotes.';
  if (code === 'TAB_AS_INDENT') return 'Indent with spaces.';
  return undefined;
}
