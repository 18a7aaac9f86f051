/** Names whose letters come from scripts that are easily taken for each other. UTS 39, 5.2, reduced to what matters here. */

const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Hebrew',
  'Arabic',
  'Cherokee',
  'Coptic',
  'Georgian',
  'Devanagari',
  'Thai',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Bopomofo',
] as const;

type Script = (typeof SCRIPTS)[number];

const TESTS = SCRIPTS.map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'u')] as const);

/** Scripts that are written together (UTS 39, "Highly Restrictive"). */
const TOGETHER: readonly (readonly Script[])[] = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

/** Letters that look like Latin ones. A label of nothing else reads as a Latin word. */
const LATIN_LOOKING = /^[аеорсухіјѕһԁԛԝьԍӏαονιρυϲ0-9-]+$/u;

/** Why a name may be a look-alike, such as `as Latin and Cyrillic in one label`; null where nothing speaks for it. */
export function mixedScripts(name: string): string | null {
  for (const label of name.split('.')) {
    const scripts = scriptsOf(label);
    if (
      scripts.length > 1 &&
      !TOGETHER.some((set) => scripts.every((script) => set.includes(script)))
    ) {
      return `as ${scripts.join(' and ')} in one label`;
    }
    if (scripts.length === 1 && scripts[0] !== 'Latin' && LATIN_LOOKING.test(label)) {
      return `as a Latin word, written in ${scripts[0]}`;
    }
  }
  return null;
}

function scriptsOf(label: string): Script[] {
  return TESTS.filter(([, test]) => test.test(label)).map(([script]) => script);
}
