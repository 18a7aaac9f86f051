/** Back from a pattern of the policy to the item of the manifest that it came from. */

import type { Location } from '../diagnostics/types.js';
import type { Run } from './run.js';

type Key = 'hosts' | 'path_groups';

/**
 * Place of the item that became pattern `index` of `count`. Lowering drops duplicates, so where the numbers differ the item
 * is found by its text, and where that fails the whole list is meant.
 */
export function itemAt(
  run: Run,
  rule: number,
  key: Key,
  { index, count, text }: { readonly index: number; readonly count: number; readonly text: string },
): Location {
  const list = ['match_rules', rule, 'match', key];
  const items = rawItems(run, rule, key);
  const found = items?.length === count ? index : (items?.indexOf(text) ?? -1);
  return run.locate(found < 0 ? list : [...list, found]);
}

/** The list as the manifest has it; undefined where it has none or is not known. */
export function rawItems(run: Run, rule: number, key: string): readonly unknown[] | undefined {
  const path: readonly (string | number)[] = ['match_rules', rule, 'match', key];
  const list = path.reduce(child, run.manifest);
  return Array.isArray(list) ? list : undefined;
}

function child(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : undefined;
}
