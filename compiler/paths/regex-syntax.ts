/** The accepted regular expressions (design section 3, "Path patterns"), judged on the syntax tree. */

import {
  type AST,
  RegExpParser,
  RegExpSyntaxError,
  visitRegExpAST,
} from '@eslint-community/regexpp';

/** Groups nested deeper than this are refused: parsers recurse. */
export const MAX_NESTING = 100;

export interface RegexRefusal {
  readonly ok: false;
  /** `regex/...` */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Where in the source, in UTF-16 units, `^` included. */
  readonly offset?: number;
}

export interface RegexSyntax {
  readonly ok: true;
  /** What stands between the anchors. */
  readonly body: string;
  readonly pattern: AST.Pattern;
  readonly flags: AST.Flags;
}

const parser = new RegExpParser({ strict: true, ecmaVersion: 2025 });
const flags = parser.parseFlags('u');

function refusal(code: string, message: string, hint?: string, offset?: number): RegexRefusal {
  return {
    ok: false,
    code: `regex/${code}`,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(offset === undefined ? {} : { offset }),
  };
}

export function regexTooLarge(reason: string): RegexRefusal {
  const hint = 'Lower the repetition counts, or split the pattern into several.';
  return refusal(
    'too-large',
    `the automaton of this regular expression is too large: ${reason}`,
    hint,
  );
}

/** A valid expression whose automaton cannot be made; `reason` says which part of it. */
export function regexUnsupported(reason: string): RegexRefusal {
  return refusal('unsupported', `this regular expression is not supported: ${reason}`);
}

/** The text between `^` and an unescaped `$`, or null. */
function bodyOf(source: string): string | null {
  if (!source.startsWith('^') || !source.endsWith('$')) return null;
  const body = source.slice(1, -1);
  const backslashes = /\\*$/.exec(body)?.[0].length ?? 0;
  return source.length >= 2 && backslashes % 2 === 0 ? body : null;
}

/** Depth of parentheses, escapes and classes left out; counted before any parser recurses. */
function nestingOf(body: string): number {
  let depth = 0;
  let deepest = 0;
  let inClass = false;
  for (let i = 0; i < body.length; i++) {
    const c = body[i];
    if (c === '\\') i++;
    else if (inClass) inClass = c !== ']';
    else if (c === '[') inClass = true;
    else if (c === ')') depth--;
    else if (c === '(') deepest = Math.max(deepest, ++depth);
  }
  return deepest;
}

const ASSERTION_CODES = {
  start: ['anchor', 'an inner "^"'],
  end: ['anchor', 'an inner "$"'],
  word: ['word-boundary', 'a word boundary'],
  lookahead: ['look-around', 'a look-ahead'],
  lookbehind: ['look-around', 'a look-behind'],
} as const;

/** The first construct, in reading order, that the language does not take. */
function firstRefused(pattern: AST.Pattern): RegexRefusal | null {
  const found: RegexRefusal[] = [];
  const report = (node: AST.Node, code: string, what: string, hint?: string): void => {
    found.push(
      refusal(code, `${what} (${JSON.stringify(node.raw)}) is not accepted`, hint, node.start + 1),
    );
  };
  visitRegExpAST(pattern, {
    onAssertionEnter(node) {
      const [code, what] = ASSERTION_CODES[node.kind];
      report(
        node,
        code,
        what,
        'The pattern always matches the whole path; write what the path holds.',
      );
    },
    onBackreferenceEnter(node) {
      report(
        node,
        'back-reference',
        'a back-reference',
        'No automaton can match it; write the cases out.',
      );
    },
    onModifiersEnter(node) {
      report(node, 'unsupported', 'a group with modifiers', 'Write both cases, such as "[Aa]".');
    },
    onExpressionCharacterClassEnter(node) {
      report(node, 'unsupported', 'class set notation');
    },
  });
  return found.sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0))[0] ?? null;
}

/** @param source the pattern as written, from `^` to `$` */
export function parsePathRegex(source: string): RegexSyntax | RegexRefusal {
  const body = bodyOf(source);
  if (body === null) {
    const hint =
      'A pattern that begins with "^" is a regular expression over the whole path: end it with "$".';
    return refusal('unanchored', 'the regular expression does not end with an unescaped "$"', hint);
  }
  if (nestingOf(body) > MAX_NESTING)
    return regexTooLarge(`groups nest more than ${MAX_NESTING} deep`);
  let pattern: AST.Pattern;
  try {
    pattern = parser.parsePattern(body, 0, body.length, { unicode: true });
  } catch (error) {
    if (!(error instanceof RegExpSyntaxError)) throw error;
    const reason = error.message.replace(/^Invalid regular expression: \/.*\/u?: /su, '');
    return refusal('syntax', `not a regular expression: ${reason}`, undefined, error.index + 1);
  }
  if (pattern.alternatives.length > 1) {
    const bar = (pattern.alternatives[0]?.end ?? 0) + 1;
    const hint = 'Put the alternatives in a group: "^(?:a|b)$".';
    return refusal('alternation', 'a "|" outside any group undoes an anchor', hint, bar);
  }
  return firstRefused(pattern) ?? { ok: true, body, pattern, flags };
}
