/** What a look-up asks of an entry stands together, so that it costs one line of the processor's cache: four words a row. */
export const ROW_WORDS = 4;
/** First byte of the name. */
export const ROW_NAME = 0;
/** Length of the name | flags << 8. */
export const ROW_HEAD = 1;
/** The next shorter match, or -1. */
export const ROW_LINK = 2;
/** One own rule: the complement of its number. More: their first place in `ruleRefs`. None: NO_RULES. */
export const ROW_RULES = 3;
export const NO_RULES = 0x7fffffff;

/**
 * @param {Int32Array} rows
 * @param {ReturnType<typeof import('./tables.mjs').readTables>} tables
 */
export function fillRows(rows, tables) {
  const { nameOffsets, entryFlags, entryLinks, entryRules, ruleRefs } = tables;
  const names = nameOffsets.length - 1;
  for (let entry = 0; entry < entryLinks.length; entry++) {
    const at = entry * ROW_WORDS;
    const isName = entry < names;
    const first = entryRules[entry];
    const count = entryRules[entry + 1] - first;
    rows[at + ROW_NAME] = isName ? nameOffsets[entry] : 0;
    rows[at + ROW_HEAD] =
      (isName ? nameOffsets[entry + 1] - nameOffsets[entry] : 0) | (entryFlags[entry] << 8);
    rows[at + ROW_LINK] = entryLinks[entry];
    rows[at + ROW_RULES] = count === 0 ? NO_RULES : count === 1 ? ~ruleRefs[first] : first;
  }
}
