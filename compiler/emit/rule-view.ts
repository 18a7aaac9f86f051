/** What templates print of a rule's identity; the same words in every artefact. */

import type { PolicyImage } from '../image/index.js';
import type { Origins } from './backend.js';
import { commentText } from './literal/comment.js';
import type { Printed } from './template.js';

const ACTION_NAMES = ['pass', 'deny', 'execute'] as const;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export interface RuleLine {
  readonly [name: string]: Printed | number;
  readonly index: number;
  /** `policy.yaml:12` */
  readonly origin: Printed;
  readonly action: Printed;
  readonly integration: Printed;
}

/** Number, place, action and integration of rule `index`. */
export function ruleLine(image: PolicyImage, origins: Origins, index: number): RuleLine {
  const { rules, ruleNames, text } = image.sections;
  const at = ruleNames[index * 2]!;
  return {
    index,
    origin: commentText(`${origins.file}:${origins.ruleLines[index]}`),
    action: ACTION_NAMES[rules[index * 4]! & 3]! as Printed,
    integration: commentText(decoder.decode(text.subarray(at, at + ruleNames[index * 2 + 1]!))),
  };
}

/** The head that every generated file bears. */
export function headView(
  image: PolicyImage,
  origins: Origins,
): { readonly [name: string]: Printed } {
  const { meta } = image;
  return {
    version: commentText(origins.compilerVersion),
    file: commentText(origins.file),
    policyId: commentText(meta.policyId),
    digest: commentText(image.digest),
    stamp: image.signed
      ? commentText(`signed  by key ${origins.kid ?? ''}`)
      : commentText('UNSIGNED: for development; runtimes refuse it unless BROKER_ALLOW_UNSIGNED=1'),
    issued: commentText(new Date(meta.issuedAt).toISOString()),
    expires: commentText(new Date(meta.expiresAt).toISOString()),
    serial: commentText(meta.serial === null ? 'none' : String(meta.serial)),
  };
}
