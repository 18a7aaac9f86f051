/**
 * The policy image: the one lowered form of a policy. Integers, bytes and indices only.
 * `schemas/policy-image.md` documents the encoding byte by byte; section names there and here agree.
 */

export const IMAGE_ABI = 1;
export const NONE = 0xffffffff;

/** Codes of an action in a rule row. */
export const ACTION = { pass: 0, deny: 1, execute: 2 } as const;
/** Codes of a verdict in a port segment; `inherit` asks the port map's parent. */
export const VERDICT = { pass: 0, deny: 1, capture: 2, inherit: 3 } as const;
export const PATH_KIND = { all: 0, exact: 1, prefix: 2, regex: 3 } as const;
export const SCHEME_BIT = { http: 1, https: 2 } as const;
export const ENTRY_FLAG = {
  /** Loopback: neither `*` nor the default reaches it. */
  exempt: 1,
  /** The broker's host: the same, at the broker's port alone. */
  broker: 2,
  /** 127.64.0.0/10: no rule at all reaches it. */
  gateway: 4,
} as const;

export interface ImageMeta {
  /** `sha256:<hex>` */
  readonly policyId: string;
  /** Milliseconds since the Unix epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly serial: number | null;
  readonly defaultDeny: boolean;
  readonly opaqueTunnel: boolean;
  readonly dpopRequired: boolean;
  readonly dpopAthRequired: boolean;
  readonly brokerUrl: string;
  readonly brokerEntry: number;
  readonly brokerPort: number;
  readonly nameCount: number;
  readonly addressCount: number;
  readonly ruleCount: number;
  readonly methodCount: number;
  /** 32-bit words in one method set: one bit a method, and the last bit for every other method. */
  readonly methodWords: number;
}

/**
 * Entries are numbered: names 0..N-1 (sorted by byte), then address blocks N..N+A-1 (IPv4 first, then IPv6, by start and
 * prefix), then the root N+A (`*` and the default). The number is the slot of design section 6.
 */
export interface ImageSections {
  /** Names of all name entries, one after another; a wildcard's begins with its dot (`.example.com`). */
  readonly names: Uint8Array;
  /** N+1 offsets into `names`. */
  readonly nameOffsets: Uint32Array;
  /** Open-addressed, linear probing, a power of two; 0 is empty, else tag (high 11 bits) and entry + 1 (low 21). */
  readonly nameSlots: Uint32Array;
  /** 256 bits: bit L is set where a wildcard's name, with its dot, has L bytes. */
  readonly suffixLengths: Uint32Array;
  /** Start of each address segment, ascending, the first 0; a segment runs to the next start. */
  readonly addr4Starts: Uint32Array;
  /** The most specific entry of each segment (root where no block covers it). */
  readonly addr4Entries: Uint32Array;
  /** Four words a start, most significant first. */
  readonly addr6Starts: Uint32Array;
  readonly addr6Entries: Uint32Array;
  /** Five words an address entry: family * 256 + prefix length, then the address (IPv4: in the first word). */
  readonly addressBlocks: Uint32Array;
  /** An entry's next shorter match (names: a wildcard; blocks: a wider block), or NONE. The root's is NONE. */
  readonly entryLinks: Uint32Array;
  /** N+A+2 offsets into `ruleRefs`. */
  readonly entryRules: Uint32Array;
  readonly entryFlags: Uint8Array;
  /** Own rules of each entry, ascending. */
  readonly ruleRefs: Uint32Array;
  /** Port map of each entry, N+A+1 of them: the verdict of a name, or of an address whose name is not known. */
  readonly entryPortMaps: Uint8Array | Uint16Array | Uint32Array;
  /** A of them: the verdict of an address dialled for a known name (rules that name addresses alone). */
  readonly dialledPortMaps: Uint8Array | Uint16Array | Uint32Array;
  /** P+1 offsets into `portSegments`. */
  readonly portMapOffsets: Uint32Array;
  /** P: where `inherit` looks next, or NONE. A parent's number is smaller than its child's. */
  readonly portMapParents: Uint32Array;
  /** First port * 256 + verdict; the first segment of a map starts at port 0. */
  readonly portSegments: Uint32Array;
  /** Four words a rule: action | schemes << 2 | path rows << 8, port set, method set, first of its path rows. */
  readonly rules: Uint32Array;
  /** Two words a rule: offset and length of its integration id in `text`. */
  readonly ruleNames: Uint32Array;
  readonly portSetOffsets: Uint32Array;
  /** First port | last port << 16. */
  readonly portRanges: Uint32Array;
  /** M+1 offsets into `text`; methods sorted. */
  readonly methodOffsets: Uint32Array;
  readonly methodSets: Uint32Array;
  /** Three words a pattern: kind, offset in `text`, length; for a regex: kind, program, 0. */
  readonly pathRows: Uint32Array;
  /** Four words a program: first byte in `programClasses`, class count, first cell in `programCells`, state count. */
  readonly programs: Uint32Array;
  /** 128 bytes a table. */
  readonly programClasses: Uint8Array;
  /** Rows of class count + 1 cells: accepting (0 or 1), then the next state of each class. */
  readonly programCells: Uint16Array;
  /** Everything textual but host names, UTF-8. */
  readonly text: Uint8Array;
}

export interface PolicyImage {
  readonly meta: ImageMeta;
  readonly sections: ImageSections;
  /** `sha256:<hex>` over everything behind the image's header. */
  readonly digest: string;
  /** The encoded image; its header says whether the manifest was verified. */
  readonly bytes: Uint8Array;
  readonly signed: boolean;
}
