/** A difference as JSON: the form that programs read. */

import type { Change, Difference, Effect, Undecided } from '../../compare/index.js';
import { type Diagnostic, jsonOf } from '../../diagnostics/index.js';

function effectValue({ action, integrationId, rule }: Effect): Record<string, unknown> {
  return { action, integration_id: integrationId, rule };
}

function changeValue(change: Change): Record<string, unknown> {
  const { kind, before, after, requests, witness, ambiguousOnly, weaker } = change;
  return {
    kind,
    before: effectValue(before),
    after: effectValue(after),
    requests,
    witness,
    weaker,
    ...(ambiguousOnly ? { ambiguous_only: true } : {}),
  };
}

function undecidedValue({ before, after, requests }: Undecided): Record<string, unknown> {
  return { before: effectValue(before), after: effectValue(after), requests };
}

export function differenceValue(
  { equal, weaker, changes, settings, undecided, unfinished }: Difference,
  diagnostics: readonly Diagnostic[],
): Record<string, unknown> {
  return {
    equal,
    weaker,
    changes: changes.map(changeValue),
    settings: Object.fromEntries(
      settings.map(({ key, before, after, weaker: isWeaker }) => [
        key,
        { before, after, weaker: isWeaker },
      ]),
    ),
    undecided: undecided.map(undecidedValue),
    unfinished,
    diagnostics: diagnostics.map(jsonOf),
  };
}
