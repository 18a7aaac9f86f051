/** `schemas/policy-image.md` says what the code does: whoever writes a loader reads that page and nothing else. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HEADER, IMAGE_ABI, META, nameHash, SECTIONS } from '../../compiler/image/index.js';
import {
  checksumOf,
  MAGIC,
  MAX_ENTRIES,
  MAX_IMAGE_BYTES,
  META_FLAG,
  SECTION_ROW_BYTES,
} from '../../compiler/image/layout.js';
import {
  ACTION,
  ENTRY_FLAG,
  NONE,
  PATH_KIND,
  SCHEME_BIT,
  VERDICT,
} from '../../compiler/image/types.js';
import { packagePath } from '../../compiler/package-path.js';

const page = readFileSync(packagePath('schemas', 'policy-image.md'), 'utf8');
const flat = page.replace(/\s+/g, ' ');

/** Rows of the table with this first line, cell by cell, code marks removed. */
function table(head: string): string[][] {
  const lines = page.split('\n');
  const at = lines.indexOf(head);
  if (at < 0) throw new Error(`no table ${head}`);
  const rows: string[][] = [];
  for (const line of lines.slice(at + 2)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
  }
  return rows;
}

/** `1 defaultDeny, 2 opaqueTunnel` in the order of the code. */
const listed = (codes: Readonly<Record<string, number>>, mark = ''): string =>
  Object.entries(codes)
    .map(([name, code]) => `${code} ${mark}${name}${mark}`)
    .join(', ');

describe('the page about the policy image', () => {
  test('has every field of the header where the code has it', () => {
    const rows = table('| offset | field | bytes | value |');
    const { size, ...fields } = HEADER;
    expect(rows.map(([offset, name]) => [name, Number(offset)])).toEqual([
      ['magic', 0],
      ...Object.entries(fields),
    ]);
    let end = 0;
    for (const [offset, , bytes] of rows) {
      expect(Number(offset)).toBe(end);
      end += Number(bytes);
    }
    expect(end).toBe(size);
    const value = Object.fromEntries(rows.map(([, name, , text]) => [name, text]));
    expect(value['abi']).toBe(String(IMAGE_ABI));
    expect(value['sectionCount']).toBe(String(SECTIONS.length));
    expect(value['magic']).toContain(Buffer.from(MAGIC).toString('hex').replace(/..\B/g, '$& '));
    expect(value['magic']).toContain(String.fromCharCode(...MAGIC));
  });

  test('has every section with its id and widths, in order', () => {
    const rows = table('| id | section | width | elements | what |');
    expect(rows.map(([id, name, width]) => [Number(id), name, width])).toEqual(
      SECTIONS.map(({ name, widths }, index) => [index + 1, name, widths.join(', ')]),
    );
    const row = table('| offset in row | field | bytes |');
    expect(row.map(([offset]) => Number(offset))).toEqual([0, 4, 8, 12]);
    expect(flat).toContain(`rows of ${SECTION_ROW_BYTES} bytes`);
  });

  test('has every word of meta', () => {
    const { words, ...fields } = META;
    const rows = table('| word | field | value |');
    expect(rows.map(([at, name]) => [name, Number(at)])).toEqual(Object.entries(fields));
    const meta = table('| id | section | width | elements | what |')[0]!;
    expect(meta[3]).toBe(String(words));
    expect(rows.find(([, name]) => name === 'flags')![2]).toContain(listed(META_FLAG));
  });

  test('has the codes', () => {
    expect(flat).toContain(`action: ${listed(ACTION)}`);
    expect(flat).toContain(`verdicts are ${listed(VERDICT)}`);
    for (const [name, code] of Object.entries(PATH_KIND)) {
      expect(flat).toMatch(new RegExp(`\\b${code} \\*${name}\\*`));
    }
    for (const [name, code] of Object.entries(ENTRY_FLAG)) {
      expect(flat).toMatch(new RegExp(`\\b${code} \\*${name}\\*`));
    }
    for (const [name, bit] of Object.entries(SCHEME_BIT)) {
      expect(flat).toContain(`bit ${Math.log2(bit) + 2} ${name}`);
    }
    expect(flat).toContain(`\`NONE\` is \`0x${NONE.toString(16)}\``);
  });

  test('has hashes that are those of the code', () => {
    const rows = table('| name | hash |');
    expect(rows.length).toBeGreaterThanOrEqual(2);
    for (const [name, hash] of rows) {
      const computed = nameHash(Buffer.from(name!)).toString(16).padStart(8, '0');
      expect(`0x${computed}`).toBe(hash);
    }
    // Both sides of a block's end.
    expect(new Set(rows.map(([name]) => name!.length % 8)).size).toBe(rows.length);
    const [, words, sum] = flat.match(/the words ([\d, ]+) give `(0x[0-9a-f]{8})`/)!;
    const checksum = checksumOf(Uint32Array.from(words!.split(', ').map(Number)));
    expect(`0x${checksum.toString(16).padStart(8, '0')}`).toBe(sum);
  });

  test('has the limits', () => {
    const limits = Object.fromEntries(table('| what | at most |'));
    expect(limits['image']).toBe(`${MAX_IMAGE_BYTES.toLocaleString('en')} bytes`);
    expect(limits['names and blocks']).toBe(MAX_ENTRIES.toLocaleString('en'));
    expect(flat).toContain(`N + A is at most ${MAX_ENTRIES.toLocaleString('en')}`);
    // The root's number is the greatest there is, and two bits of a slot are left.
    expect(MAX_ENTRIES).toBeLessThan(2 ** 20);
  });
});
