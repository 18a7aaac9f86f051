/** The Node back end: a module without dependencies that decides whole requests. */

import { IMAGE_ABI, type PolicyImage } from '../../image/index.js';
import type { Artifact, Backend, Origins } from '../backend.js';
import { jsString } from '../literal/js.js';
import { headView, ruleLine } from '../rule-view.js';
import { type Printed, render } from '../template.js';
import { engineText } from './engine-text.js';

/** A larger image stands in a file of its own, which loads faster than a literal. */
const INLINE_BYTES = 192 * 1024;
/** More rules than this are listed in `policy.txt` alone: comments cost time at every load. */
const LISTED_RULES = 250;
const ROW = 120;

export const nodeBackend: Backend = {
  target: 'node',
  emit(image, origins) {
    const sibling = image.bytes.length > INLINE_BYTES;
    const types = encode(render('node/types.hbs', headView(image, origins)));
    const artifacts: Artifact[] = [
      { path: 'node/matcher.mjs', bytes: moduleText(image, origins, true, sibling) },
      { path: 'node/matcher.cjs', bytes: moduleText(image, origins, false, sibling) },
      { path: 'node/matcher.d.mts', bytes: types },
      { path: 'node/matcher.d.cts', bytes: types },
    ];
    if (sibling) artifacts.push({ path: 'node/matcher.bin', bytes: image.bytes });
    return artifacts;
  },
};

function moduleText(
  image: PolicyImage,
  origins: Origins,
  esm: boolean,
  sibling: boolean,
): Uint8Array {
  const rulesListed = image.meta.ruleCount <= LISTED_RULES;
  const text = render('node/matcher.hbs', {
    ...headView(image, origins),
    abi: IMAGE_ABI,
    ruleCount: image.meta.ruleCount,
    rulesListed,
    rules: rulesListed ? origins.ruleLines.map((_, index) => ruleLine(image, origins, index)) : [],
    esm,
    sibling,
    engine: engineText(),
    digestLiteral: jsString(image.digest),
    signed: image.signed,
    imageRows: sibling ? [] : imageRows(image.bytes),
  });
  return encode(text);
}

/** Lines of one literal, each continued: a sum of literals would be built piece by piece at every load. */
function imageRows(bytes: Uint8Array): Printed[] {
  // Base64 needs no escape, so that a row may stand inside of a literal.
  const text = Buffer.from(bytes).toString('base64');
  const rows: Printed[] = [];
  for (let at = 0; at < text.length; at += ROW) rows.push(text.slice(at, at + ROW) as Printed);
  return rows;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
