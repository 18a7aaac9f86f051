/** Host names for the C look-up bench: plausible, about 20 bytes, the same on every run. */

const WORDS = (
  'api auth cdn data edge files gateway hooks images jobs keys logs mail metrics models notify oauth objects orders ' +
  'pay proxy queue registry search secrets sign stats storage stream sync tasks tokens trace uploads users vault voice web'
).split(' ');
const ENDINGS = ['com', 'io', 'dev', 'net', 'cloud', 'ai', 'co.uk', 'org'];

/** xorshift32: a bench must not depend on the run. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function letters(random: (below: number) => number, count: number): string {
  let out = '';
  for (let i = 0; i < count; i++) out += String.fromCharCode(0x61 + random(26));
  return out;
}

/** `count` different names that are not in `taken`; they are added to it. */
export function makeNames(count: number, seed: number, taken: Set<string>): string[] {
  const random = randomNumbers(seed);
  const out: string[] = [];
  while (out.length < count) {
    const word = WORDS[random(WORDS.length)]!;
    const company = letters(random, 4 + random(8));
    const ending = ENDINGS[random(ENDINGS.length)]!;
    const name = random(4) === 0 ? `${company}.${ending}` : `${word}.${company}.${ending}`;
    if (taken.has(name)) continue;
    taken.add(name);
    out.push(name);
  }
  return out;
}

/** Names in no table: a third unknown, a third with one letter changed, a third with letters in front. */
export function makeMisses(
  names: readonly string[],
  count: number,
  seed: number,
  taken: Set<string>,
): string[] {
  const random = randomNumbers(seed);
  const out = makeNames(Math.ceil(count / 3), seed + 1, taken);
  while (out.length < count) {
    const name = names[random(names.length)]!;
    const at = random(name.length - 4);
    const changed =
      out.length % 2 === 0
        ? name.slice(0, at) + letters(random, 2) + name.slice(at + 2)
        : letters(random, 3) + name;
    if (taken.has(changed)) continue;
    taken.add(changed);
    out.push(changed);
  }
  // Mixed, so that the kinds cannot be told by their place.
  return out
    .map((name) => ({ name, key: random(1 << 30) }))
    .sort((a, b) => a.key - b.key)
    .map(({ name }) => name);
}
