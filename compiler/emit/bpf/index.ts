/** The BPF back end: initializers for the policy maps of runtime-bpf. */

import { NONE, type PolicyImage } from '../../image/types.js';
import type { Artifact, Backend, Origins } from '../backend.js';
import { cUnsigned, cUnsigned64 } from '../literal/c.js';
import { cutBy, READABLE_ENTRIES, table } from '../native/arrays.js';
import {
  addressBlock,
  bannerLines,
  entryComment,
  nameBytes,
  rootEntry,
  verdictComment,
} from '../native/describe.js';
import { macro, sha256Bytes, stampMacros } from '../native/stamp.js';
import { type Printed, render, type TemplateValue } from '../template.js';

/** `BI_BPF_ABI` of runtime-bpf/policy_layout.h. */
const BPF_ABI = 1;

type View = { readonly [name: string]: TemplateValue };

/** Keys of all names, one after another, and where each begins. */
function nameKeys(image: PolicyImage): { bytes: Uint8Array; offsets: Uint32Array } {
  const { nameCount } = image.meta;
  const bytes = new Uint8Array(image.sections.names.length + nameCount);
  const offsets = new Uint32Array(nameCount + 1);
  let at = 0;
  for (let entry = 0; entry < nameCount; entry++) {
    const name = nameBytes(image, entry);
    for (let i = name.length - 1; i >= 0; i--) bytes[at++] = name[i]!;
    if (name[0] !== 0x2e) bytes[at++] = 0;
    offsets[entry + 1] = at;
  }
  return { bytes: bytes.subarray(0, at), offsets };
}

/** `{entry, port map, dialled port map}` */
function entryValue(image: PolicyImage, entry: number): string {
  const { entryPortMaps, dialledPortMaps } = image.sections;
  const dialled =
    entry < image.meta.nameCount ? NONE : dialledPortMaps[entry - image.meta.nameCount]!;
  return `{${entry}u, ${entryPortMaps[entry]!}u, ${dialled}u}`;
}

class RowPrinter {
  readonly #image: PolicyImage;
  readonly #origins: Origins;
  readonly #readable: boolean;

  constructor(image: PolicyImage, origins: Origins) {
    this.#image = image;
    this.#origins = origins;
    this.#readable = rootEntry(image) < READABLE_ENTRIES;
  }

  get readable(): boolean {
    return this.#readable;
  }

  entryRow(entry: number, key: string): string {
    const row = `  {${key}, ${entryValue(this.#image, entry)}},`;
    if (!this.#readable) return row;
    const map = this.#image.sections.entryPortMaps[entry]!;
    return `${row} /* ${verdictComment(this.#image, this.#origins, entry, map)} */`;
  }
}

/** A table of structs; ISO C has no empty arrays, and nothing reads the row that stands in for them. */
function rowsTable(name: string, type: string, rows: readonly string[], empty: string): View {
  const body = rows.length === 0 ? `  ${empty},` : rows.join('\n');
  return { name: name as Printed, type: type as Printed, body: body as Printed };
}

function addressRows(image: PolicyImage, printer: RowPrinter, family: 4 | 6): string[] {
  const rows: string[] = [];
  for (let i = 0; i < image.meta.addressCount; i++) {
    const block = addressBlock(image, i);
    if (block.family !== family) continue;
    const key = `{${block.prefix}u, {${block.bytes.map((byte) => `${byte}u`).join(', ')}}}`;
    rows.push(printer.entryRow(image.meta.nameCount + i, key));
  }
  return rows;
}

function nameRows(image: PolicyImage, printer: RowPrinter, offsets: Uint32Array): string[] {
  const rows: string[] = [];
  for (let entry = 0; entry < image.meta.nameCount; entry++) {
    const length = offsets[entry + 1]! - offsets[entry]!;
    rows.push(printer.entryRow(entry, `${offsets[entry]!}u, ${length}u`));
  }
  return rows;
}

function portMapRows(image: PolicyImage): string[] {
  const { portMapOffsets, portMapParents } = image.sections;
  return Array.from(portMapParents, (parent, map) => {
    const first = portMapOffsets[map]!;
    return `  {${first}u, ${portMapOffsets[map + 1]! - first}u, ${parent}u},`;
  });
}

function byteList(bytes: Uint8Array): Printed {
  return `{${Array.from(bytes, (byte) => `${byte}u`).join(', ')}}` as Printed;
}

function headView(image: PolicyImage, addr4: number, addr6: number): readonly View[] {
  const { meta, sections } = image;
  const root = rootEntry(image);
  const numbers = Object.entries({
    abi: BPF_ABI,
    is_signed: image.signed ? 1 : 0,
    has_serial: meta.serial === null ? 0 : 1,
    root_entry: root,
    root_port_map: sections.entryPortMaps[root]!,
    name_count: meta.nameCount,
    addr4_count: addr4,
    addr6_count: addr6,
    port_map_count: sections.portMapParents.length,
    segment_count: sections.portSegments.length,
  }).map(([name, value]) => macro(name, cUnsigned(value)));
  return [
    ...numbers,
    macro('serial', cUnsigned64(meta.serial ?? 0)),
    macro('issued_at_ms', cUnsigned64(meta.issuedAt)),
    macro('expires_at_ms', cUnsigned64(meta.expiresAt)),
    macro('policy_id', byteList(sha256Bytes(meta.policyId))),
    macro('digest', byteList(sha256Bytes(image.digest))),
  ];
}

/** Text of `broker_policy_maps.h`. */
export function emitBpfHeader(image: PolicyImage, origins: Origins): string {
  const printer = new RowPrinter(image, origins);
  const { bytes, offsets } = nameKeys(image);
  const addr4 = addressRows(image, printer, 4);
  const addr6 = addressRows(image, printer, 6);
  const keyRows = printer.readable
    ? { rows: { ...cutBy(offsets, (entry) => entryComment(image, entry)), text: true } }
    : {};
  return render('bpf/broker_policy_maps.h.hbs', {
    banner: bannerLines(image, origins),
    stamp: stampMacros(image),
    abi: BPF_ABI,
    head: headView(image, addr4.length, addr6.length),
    nameBytes: table('name_bytes', bytes, { width: 1, ...keyRows })['body']!,
    tables: [
      rowsTable(
        'names',
        'struct bi_bpf_name_row',
        nameRows(image, printer, offsets),
        '{0u, 0u, {0u, 0u, 0u}}',
      ),
      rowsTable('addr4', 'struct bi_bpf_addr4_row', addr4, '{{0u, {0u}}, {0u, 0u, 0u}}'),
      rowsTable('addr6', 'struct bi_bpf_addr6_row', addr6, '{{0u, {0u}}, {0u, 0u, 0u}}'),
      rowsTable('port_maps', 'struct bi_bpf_port_map', portMapRows(image), '{0u, 0u, 0u}'),
    ],
    segments: table('segments', image.sections.portSegments, { width: 4 })['body']!,
  });
}

export const bpfBackend: Backend = {
  target: 'bpf',
  emit(image: PolicyImage, origins: Origins): readonly Artifact[] {
    const bytes = new TextEncoder().encode(emitBpfHeader(image, origins));
    return [{ path: 'bpf/broker_policy_maps.h', bytes }];
  },
};
