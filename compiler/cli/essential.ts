/** Commands that answer questions show errors and what was not verified; all other findings are for `lint`. */

import type { Diagnostic } from '../diagnostics/index.js';

export function essential(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(
    ({ severity, code }) => severity === 'error' || code.startsWith('sign/'),
  );
}
