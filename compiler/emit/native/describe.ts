/** Entries, rules and port maps of an image in words, for the comments of generated code. */

import ipaddr from 'ipaddr.js';
import { NONE, type PolicyImage, VERDICT } from '../../image/types.js';
import type { Origins } from '../backend.js';
import { commentText } from '../literal/comment.js';
import type { Printed } from '../template.js';

const decoder = new TextDecoder('utf-8', { fatal: true });
const VERDICT_NAMES = ['pass', 'deny', 'capture'] as const;

/** Root: the entry of `*` and of the default. */
export function rootEntry(image: PolicyImage): number {
  return image.meta.nameCount + image.meta.addressCount;
}

/** The bytes of a name entry; a wildcard's begins with its dot. */
export function nameBytes(image: PolicyImage, entry: number): Uint8Array {
  const { names, nameOffsets } = image.sections;
  return names.subarray(nameOffsets[entry], nameOffsets[entry + 1]);
}

export interface Block {
  readonly family: 4 | 6;
  readonly prefix: number;
  /** Network byte order; 4 or 16 of them. */
  readonly bytes: readonly number[];
}

/** Address block number `index`, counted from the first block. */
export function addressBlock(image: PolicyImage, index: number): Block {
  const words = image.sections.addressBlocks.subarray(index * 5, index * 5 + 5);
  const family = words[0]! >>> 8 === 4 ? 4 : 6;
  const bytes: number[] = [];
  for (const word of words.subarray(1, family === 4 ? 2 : 5)) {
    bytes.push(word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff);
  }
  return { family, prefix: words[0]! & 0xff, bytes };
}

function entryTitle(image: PolicyImage, entry: number): string {
  const { nameCount } = image.meta;
  if (entry === rootEntry(image)) return '*';
  if (entry >= nameCount) {
    const { bytes, prefix } = addressBlock(image, entry - nameCount);
    return `${ipaddr.fromByteArray([...bytes]).toString()}/${prefix}`;
  }
  const name = decoder.decode(nameBytes(image, entry));
  return name.startsWith('.') ? `*${name}` : name;
}

function ruleTitle(image: PolicyImage, origins: Origins, rule: number): string {
  const { ruleNames, text } = image.sections;
  const from = ruleNames[rule * 2]!;
  const name = decoder.decode(text.subarray(from, from + ruleNames[rule * 2 + 1]!));
  const line = origins.ruleLines[rule];
  const place = line === undefined ? origins.file : `${origins.file}:${line}`;
  return `${place} #${rule} ${name}`;
}

const RULES_SHOWN = 3;

function ownRules(image: PolicyImage, origins: Origins, entry: number): string {
  const { entryRules, ruleRefs } = image.sections;
  const own = ruleRefs.subarray(entryRules[entry], entryRules[entry + 1]);
  if (own.length === 0) return 'no rule of its own';
  const shown = Array.from(own.subarray(0, RULES_SHOWN), (rule) => ruleTitle(image, origins, rule));
  if (own.length > RULES_SHOWN) shown.push(`and ${own.length - RULES_SHOWN} more`);
  return shown.join(', ');
}

/** First port and verdict of each stretch of ports, `inherit` resolved. */
function stretches(image: PolicyImage, map: number): { first: number; verdict: number }[] {
  const { portMapOffsets, portMapParents, portSegments } = image.sections;
  const parent = portMapParents[map]!;
  const out: { first: number; verdict: number }[] = [];
  const push = (first: number, verdict: number): void => {
    if (out.at(-1)?.verdict !== verdict) out.push({ first, verdict });
  };
  const above = parent === NONE ? [] : stretches(image, parent);
  for (let i = portMapOffsets[map]!; i < portMapOffsets[map + 1]!; i++) {
    const first = portSegments[i]! >>> 8;
    const verdict = portSegments[i]! & 0xff;
    const end = i + 1 < portMapOffsets[map + 1]! ? portSegments[i + 1]! >>> 8 : 65536;
    if (verdict !== VERDICT.inherit) push(first, verdict);
    else {
      above.forEach((stretch, at) => {
        const next = above[at + 1]?.first ?? 65536;
        if (next > first && stretch.first < end)
          push(Math.max(stretch.first, first), stretch.verdict);
      });
    }
  }
  return out;
}

const STRETCHES_SHOWN = 12;

/** Verdicts of a port map, such as `1-442 pass, 443 capture, 444-65535 pass`. */
export function portMapText(image: PolicyImage, map: number): string {
  const parts = stretches(image, map);
  const shown = parts.slice(0, STRETCHES_SHOWN).map(({ first, verdict }, i) => {
    const from = Math.max(first, 1);
    const to = (parts[i + 1]?.first ?? 65536) - 1;
    const ports = from === to ? `${from}` : `${from}-${to}`;
    return `${ports} ${VERDICT_NAMES[verdict] ?? 'unknown'}`;
  });
  if (parts.length > shown.length) shown.push(`and ${parts.length - shown.length} more`);
  return shown.join(', ');
}

/** `12: api.openai.com` */
export function entryComment(image: PolicyImage, entry: number): Printed {
  return commentText(`${entry}: ${entryTitle(image, entry)}`);
}

/** An entry with the rules that it comes from and the verdicts of port map `map`. */
export function verdictComment(
  image: PolicyImage,
  origins: Origins,
  entry: number,
  map: number,
): Printed {
  const title = `${entry}: ${entryTitle(image, entry)}`;
  return commentText(`${title} | ${ownRules(image, origins, entry)} | ${portMapText(image, map)}`);
}

/** What every generated native header says of itself, one line each. */
export function bannerLines(image: PolicyImage, origins: Origins): readonly Printed[] {
  const { meta } = image;
  const signed = image.signed
    ? `by key ${origins.kid ?? 'without id'}`
    : 'NO: compiled unsigned, for development';
  return [
    `Made by broker-interceptor ${origins.compilerVersion} from ${origins.file}; not to be edited.`,
    '',
    `policy   ${meta.policyId}`,
    `image    ${image.digest}`,
    `signed   ${signed}`,
    `serial   ${meta.serial ?? 'none'}`,
    `issued   ${new Date(meta.issuedAt).toISOString()}`,
    `expires  ${new Date(meta.expiresAt).toISOString()}`,
    `holds    ${meta.nameCount} names, ${meta.addressCount} address blocks, ${meta.ruleCount} rules`,
  ].map(commentText);
}
