/** Handlebars, held to loops and look-ups: every name and literal is made in typed code before a template sees it. */

import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { packagePath } from '../package-path.js';

/** Text that went through a literal printer of `literal/`; nothing else may reach generated code. */
export type Printed = string & { readonly printed: unique symbol };

export type TemplateValue =
  | Printed
  | number
  | boolean
  | readonly TemplateValue[]
  | { readonly [name: string]: TemplateValue };

const loaded = new Map<string, Handlebars.TemplateDelegate>();

/** Renders `compiler/emit/<name>` over `view`. A name that the view lacks is a bug and throws. */
export function render(name: string, view: { readonly [name: string]: TemplateValue }): string {
  let template = loaded.get(name);
  if (template === undefined) {
    const text = readFileSync(packagePath('compiler', 'emit', name), 'utf8');
    template = Handlebars.compile(text, { strict: true, noEscape: true, knownHelpersOnly: true });
    loaded.set(name, template);
  }
  return template(view);
}
