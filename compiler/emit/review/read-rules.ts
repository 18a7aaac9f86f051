/** Rules, read back from the tables of the policy image. */

import { ACTION, PATH_KIND, type PolicyImage, SCHEME_BIT } from '../../image/types.js';

export interface RuleFacts {
  readonly integrationId: string;
  readonly action: string;
  readonly schemes: readonly string[];
  /** `443`, `8000-8099` */
  readonly ports: readonly string[];
  /** Null: every method. */
  readonly methods: readonly string[] | null;
  readonly paths: readonly string[];
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function textAt({ sections }: PolicyImage, at: number, length: number): string {
  return decoder.decode(sections.text.subarray(at, at + length));
}

/** `regexes`: the sources of the rule's regular expressions in order; the image holds their automata. */
export function ruleFacts(image: PolicyImage, rule: number, regexes: readonly string[]): RuleFacts {
  const { rules, ruleNames } = image.sections;
  const [word = 0, portSet = 0, methodSet = 0, firstPath = 0] = rules.subarray(
    rule * 4,
    rule * 4 + 4,
  );
  const schemes = (word >>> 2) & 3;
  return {
    integrationId: textAt(image, ruleNames[rule * 2]!, ruleNames[rule * 2 + 1]!),
    action: actionText(word & 3),
    schemes: (['http', 'https'] as const).filter((scheme) => (schemes & SCHEME_BIT[scheme]) !== 0),
    ports: portsOf(image, portSet),
    methods: methodsOf(image, methodSet),
    paths: pathsOf(image, firstPath, word >>> 8, regexes),
  };
}

function actionText(code: number): string {
  const found = Object.entries(ACTION).find(([, value]) => value === code);
  return found?.[0] ?? 'unknown';
}

function portsOf({ sections: { portSetOffsets, portRanges } }: PolicyImage, set: number): string[] {
  const ranges = portRanges.subarray(portSetOffsets[set], portSetOffsets[set + 1]);
  return Array.from(ranges, (range) => {
    const [lo, hi] = [range & 0xffff, range >>> 16];
    return lo === hi ? `${lo}` : `${lo}-${hi}`;
  });
}

function methodsOf(image: PolicyImage, set: number): readonly string[] | null {
  const { methodSets, methodOffsets } = image.sections;
  const { methodCount, methodWords } = image.meta;
  const has = (bit: number): boolean =>
    ((methodSets[set * methodWords + (bit >> 5)]! >>> (bit & 31)) & 1) === 1;
  // The last bit stands for every method that no rule mentions.
  if (has(methodCount)) return null;
  const named = Array.from({ length: methodCount }, (_, bit) => bit).filter(has);
  return named.map((bit) =>
    textAt(image, methodOffsets[bit]!, methodOffsets[bit + 1]! - methodOffsets[bit]!),
  );
}

function pathsOf(
  image: PolicyImage,
  first: number,
  count: number,
  regexes: readonly string[],
): readonly string[] {
  const { pathRows, programs } = image.sections;
  let regex = 0;
  return Array.from({ length: count }, (_, i) => {
    const [kind, at = 0, length = 0] = pathRows.subarray((first + i) * 3, (first + i) * 3 + 3);
    if (kind === PATH_KIND.all) return '*';
    if (kind === PATH_KIND.exact) return textAt(image, at, length);
    if (kind === PATH_KIND.prefix) return `${textAt(image, at, length)}*`;
    const source = regexes[regex++];
    const states = programs[at * 4 + 3]!;
    return source === undefined ? `regular expression of ${states} states` : `^${source}$`;
  });
}
