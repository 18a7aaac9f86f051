import { RequestError } from './error.mjs';
import { badHost } from './host.mjs';
import { createLookup } from './lookup.mjs';
import {
  canonicalPath,
  MAX_PATH,
  PATH_AMBIGUOUS,
  PATH_NOT_CANONICAL,
  PATH_PLAIN,
  pathWords,
  readings,
  readPath,
} from './path.mjs';
import { NO_RULES, ROW_HEAD, ROW_LINK, ROW_RULES, ROW_WORDS } from './rows.mjs';
import { hex, readTables } from './tables.mjs';

const HTTP = 1;
const HTTPS = 2;
/** @type {readonly ('pass' | 'deny' | 'execute')[]} */
const ACTIONS = ['pass', 'deny', 'execute'];
/** @type {readonly ('pass' | 'deny' | 'capture')[]} */
const VERDICTS = ['pass', 'deny', 'capture'];
const CAPTURE = 2;
const INHERIT = 3;
const EXECUTE = 2;
const FLAG_EXEMPT = 1;
const FLAG_BROKER = 2;
const PATH_ALL = 0;
const PATH_EXACT = 1;
const PATH_PREFIX = 2;

/**
 * The decisions of one policy image. Nothing is allocated for a request whose parts are canonical.
 * @param {Uint8Array} image
 */
export function createMatcher(image) {
  const tables = readTables(image);
  const { meta, text, rules, ruleRefs, entryRules } = tables;
  const {
    portSetOffsets,
    portRanges,
    methodSets,
    pathRows,
    programs,
    programClasses,
    programCells,
  } = tables;
  const { portMapOffsets, portMapParents, portSegments, entryPortMaps, dialledPortMaps } = tables;
  const { hostEntry, addressEntry, root, rows } = createLookup(tables);
  const brokerPort = meta[16];
  const nameCount = meta[19];
  const ruleCount = meta[21];
  const methodCount = meta[22];
  const methodWords = meta[23];
  const bytes = new DataView(text.buffer);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** @param {number} at @param {number} length */
  const textAt = (at, length) => decoder.decode(text.subarray(at, at + length));

  /** @type {Map<string, number>} */
  const methods = new Map();
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    methods.set(method, methodCount);
  for (let i = 0; i < methodCount; i++) {
    methods.set(
      textAt(tables.methodOffsets[i], tables.methodOffsets[i + 1] - tables.methodOffsets[i]),
      i,
    );
  }

  const policy = Object.freeze(describe());
  const passed = Object.freeze({ action: ACTIONS[0], rule: null, integration_id: null });
  const denied = Object.freeze({ action: ACTIONS[1], rule: null, integration_id: null });
  const ambiguous = Object.freeze({
    action: ACTIONS[1],
    rule: null,
    integration_id: null,
    reason: /** @type {const} */ ('ambiguous_path'),
  });
  const fallback = policy.defaultAction === 'deny' ? denied : passed;
  /** @type {({ table: Uint16Array, accepts: Uint8Array } | undefined)[]} */
  const widePrograms = new Array(programs.length / 4);
  /** @type {(import('./index.mjs').Decision | undefined)[]} */
  const decisions = new Array(ruleCount);

  function describe() {
    const flags = meta[14];
    const noSerial = meta[12] === -1 && meta[13] === -1;
    return {
      policyId: `sha256:${hex(new Uint8Array(meta.buffer, meta.byteOffset, 32))}`,
      digest: tables.digest,
      abi: 1,
      signed: tables.signed,
      issuedAt: meta[9] * 0x100000000 + (meta[8] >>> 0),
      expiresAt: meta[11] * 0x100000000 + (meta[10] >>> 0),
      serial: noSerial ? null : meta[13] * 0x100000000 + (meta[12] >>> 0),
      brokerUrl: textAt(meta[17], meta[18]),
      defaultAction: /** @type {'deny' | 'pass'} */ (flags & 1 ? 'deny' : 'pass'),
      opaqueTls: /** @type {'tunnel' | 'deny'} */ (flags & 2 ? 'tunnel' : 'deny'),
      dpopRequired: (flags & 4) !== 0,
      dpopAthRequired: (flags & 8) !== 0,
      ruleCount,
    };
  }

  /** @param {number} rule */
  function decisionOf(rule) {
    let decision = decisions[rule];
    if (decision === undefined) {
      decision = Object.freeze({
        action: ACTIONS[rules[rule * 4] & 3],
        rule,
        integration_id: textAt(tables.ruleNames[rule * 2], tables.ruleNames[rule * 2 + 1]),
      });
      decisions[rule] = decision;
    }
    return decision;
  }

  /** @param {number} set @param {number} port */
  function hasPort(set, port) {
    const end = portSetOffsets[set + 1];
    for (let i = portSetOffsets[set]; i < end; i++) {
      const range = portRanges[i];
      if (port < (range & 0xffff)) return false;
      if (port <= range >>> 16) return true;
    }
    return false;
  }

  /** Does a path row match the path in `pathWords`? @param {number} row @param {number} length of the path */
  function matchesRow(row, length) {
    const kind = pathRows[row];
    if (kind === PATH_ALL) return true;
    const from = pathRows[row + 1];
    if (kind > PATH_PREFIX) return runProgram(from, length);
    const wanted = pathRows[row + 2];
    if (kind === PATH_EXACT ? length !== wanted : length < wanted) return false;
    const words = pathWords;
    const at = text.byteOffset + from;
    const whole = wanted & ~3;
    for (let i = 0; i < whole; i += 4)
      if (bytes.getInt32(at + i, true) !== words[i >> 2]) return false;
    for (let i = whole; i < wanted; i++) {
      if (text[from + i] !== ((words[i >> 2] >>> ((i & 3) << 3)) & 0xff)) return false;
    }
    return true;
  }

  /**
   * A program with a row of 128 cells a state, made at its first use: one look-up a character.
   * @param {number} program
   */
  function widen(program) {
    const at = program * 4;
    const [classes, classCount, cells, stateCount] = programs.subarray(at, at + 4);
    const table = new Uint16Array(stateCount * 128);
    for (let state = 0; state < stateCount; state++) {
      for (let code = 0; code < 128; code++) {
        table[state * 128 + code] =
          programCells[cells + state * (classCount + 1) + 1 + programClasses[classes + code]];
      }
    }
    const accepts = new Uint8Array(stateCount);
    for (let state = 0; state < stateCount; state++)
      accepts[state] = programCells[cells + state * (classCount + 1)];
    const wide = { table, accepts };
    widePrograms[program] = wide;
    return wide;
  }

  /** Does a program accept the path in `pathWords`? @param {number} program @param {number} length */
  function runProgram(program, length) {
    const { table, accepts } = widePrograms[program] ?? widen(program);
    const words = pathWords;
    let state = 1;
    for (let i = 0; i < length; i++) {
      state = table[(state << 7) | ((words[i >> 2] >>> ((i & 3) << 3)) & 127)];
      if (state === 0) return false;
    }
    return accepts[state] === 1;
  }

  /**
   * The first own rule of an entry that matches, if its number is below `before`; else `before`.
   * @param {number} entry @param {number} before @param {number} scheme @param {number} port
   * @param {number} method @param {number} length of the path
   */
  function firstOwn(entry, before, scheme, port, method, length) {
    const own = rows[entry * ROW_WORDS + ROW_RULES];
    if (own < 0) {
      const rule = ~own;
      return rule < before && matchesRule(rule, scheme, port, method, length) ? rule : before;
    }
    if (own === NO_RULES) return before;
    const end = entryRules[entry + 1];
    for (let i = own; i < end; i++) {
      const rule = ruleRefs[i];
      if (rule >= before) return before;
      if (matchesRule(rule, scheme, port, method, length)) return rule;
    }
    return before;
  }

  /**
   * @param {number} rule @param {number} scheme @param {number} port @param {number} method
   * @param {number} length of the path
   */
  function matchesRule(rule, scheme, port, method, length) {
    const at = rule * 4;
    const head = rules[at];
    if (((head >>> 2) & scheme) === 0) return false;
    if (!hasPort(rules[at + 1], port)) return false;
    const bits = methodSets[rules[at + 2] * methodWords + (method >> 5)];
    if (((bits >>> (method & 31)) & 1) === 0) return false;
    let row = rules[at + 3] * 3;
    for (let left = head >>> 8; left > 0; left--, row += 3) {
      if (matchesRow(row, length)) return true;
    }
    return false;
  }

  /**
   * The rule decision: the number of a rule, or `ruleCount` for the default, or `ruleCount + 1` for a plain pass.
   * @param {number} entry @param {boolean} bare no `*` and no default @param {number} scheme @param {number} port
   * @param {number} method @param {number} length of the path
   */
  function firstRule(entry, bare, scheme, port, method, length) {
    const flags = rows[entry * ROW_WORDS + ROW_HEAD] >>> 8;
    const exempt =
      bare ||
      (flags !== 0 &&
        ((flags & FLAG_EXEMPT) !== 0 || ((flags & FLAG_BROKER) !== 0 && port === brokerPort)));
    let best = ruleCount;
    if (entry !== root) {
      for (let at = entry; at >= 0; at = rows[at * ROW_WORDS + ROW_LINK])
        best = firstOwn(at, best, scheme, port, method, length);
    }
    if (exempt) return best === ruleCount ? ruleCount + 1 : best;
    return firstOwn(root, best, scheme, port, method, length);
  }

  /** @param {number} found */
  function answer(found) {
    if (found < ruleCount) return decisionOf(found);
    return found === ruleCount ? fallback : passed;
  }

  /** @param {number} a @param {number} b */
  function isAlike(a, b) {
    if (a === b) return true;
    const left = answer(a);
    const right = answer(b);
    return (
      left.action === right.action &&
      (left.action !== ACTIONS[EXECUTE] || left.integration_id === right.integration_id)
    );
  }

  /**
   * @param {number} entry @param {boolean} bare @param {number} scheme @param {number} port @param {number} method
   * @param {string} path
   * @returns {import('./index.mjs').Decision}
   */
  function decideAt(entry, bare, scheme, port, method, path) {
    let canonical = path;
    let kind = readPath(path);
    if (kind !== PATH_PLAIN) {
      if (kind === PATH_NOT_CANONICAL) {
        canonical = canonicalPath(path);
        kind = readPath(canonical);
        if (kind === PATH_NOT_CANONICAL)
          throw new RequestError('request/bad-path', 'the path has no canonical form');
      }
      if (kind === PATH_AMBIGUOUS && canonical.length <= MAX_PATH)
        return decideReadings(entry, bare, scheme, port, method, canonical);
    }
    if (canonical.length > MAX_PATH)
      throw new RequestError('request/bad-path', `the path has more than ${MAX_PATH} characters`);
    return answer(firstRule(entry, bare, scheme, port, method, canonical.length));
  }

  /**
   * @param {number} entry @param {boolean} bare @param {number} scheme @param {number} port @param {number} method
   * @param {string} path
   */
  function decideReadings(entry, bare, scheme, port, method, path) {
    const first = firstRule(entry, bare, scheme, port, method, path.length);
    // A path is never ambiguous where all rule decisions agree: nothing may be denied that a verdict lets pass.
    if (
      (bare ? dialledVerdictAt(entry, port) : verdictIn(entryPortMaps[entry], port)) !==
      VERDICTS[CAPTURE]
    )
      return answer(first);
    for (const reading of readings(path)) {
      readPath(reading);
      if (!isAlike(first, firstRule(entry, bare, scheme, port, method, reading.length)))
        return ambiguous;
    }
    return answer(first);
  }

  /** @param {string} scheme */
  function schemeBit(scheme) {
    if (scheme === 'https') return HTTPS;
    if (scheme === 'http') return HTTP;
    const name = String(scheme).toLowerCase();
    if (name === 'https' || name === 'wss') return HTTPS;
    if (name === 'http' || name === 'ws') return HTTP;
    throw new RequestError('request/bad-scheme', 'the scheme is not http, https, ws or wss');
  }

  /** @param {number} port */
  function checkPort(port) {
    if (typeof port !== 'number' || port >>> 0 !== port || port === 0 || port > 65535) {
      throw new RequestError('request/bad-port', 'a port is a whole number from 1 to 65535');
    }
  }

  // A method, so that no text but a method is ever taken for the last one.
  let lastMethod = 'GET';
  let lastNumber = methods.get(lastMethod) ?? methodCount;
  /** @param {string} method */
  function methodNumber(method) {
    if (method === lastMethod) return lastNumber;
    const known = methods.get(method);
    if (known !== undefined) {
      lastMethod = method;
      lastNumber = known;
      return known;
    }
    if (typeof method !== 'string' || !/^[A-Za-z0-9_-]+$/.test(method)) {
      throw new RequestError(
        'request/bad-method',
        'a method is a token of letters, digits, "-" and "_"',
      );
    }
    return methods.get(method.toUpperCase()) ?? methodCount;
  }

  /**
   * @param {string} scheme @param {string} host @param {number} port @param {string} method @param {string} path
   */
  function decide(scheme, host, port, method, path) {
    const bit = schemeBit(scheme);
    checkPort(port);
    return decideAt(hostEntry(host), false, bit, port, methodNumber(method), path);
  }

  /**
   * @param {string} scheme @param {string} address @param {number} port @param {string} method @param {string} path
   */
  function decideDialled(scheme, address, port, method, path) {
    const bit = schemeBit(scheme);
    checkPort(port);
    const entry = addressEntry(address);
    if (entry < 0) throw badHost(address);
    return decideAt(entry, true, bit, port, methodNumber(method), path);
  }

  /** @param {string | URL} url @param {string} [method] */
  function decideUrl(url, method = 'GET') {
    let parsed;
    try {
      parsed = new URL(url);
    } catch {
      throw new RequestError('request/bad-url', 'not a URL');
    }
    const { protocol, hostname, port } = parsed;
    const bit =
      protocol === 'https:'
        ? HTTPS
        : protocol === 'http:'
          ? HTTP
          : schemeBit(protocol.slice(0, -1));
    const number = port === '' ? (bit === HTTPS ? 443 : 80) : Number(port);
    checkPort(number);
    return decideAt(hostEntry(hostname), false, bit, number, methodNumber(method), parsed.pathname);
  }

  /** @param {number} map @param {number} port */
  function verdictIn(map, port) {
    for (let at = map; ; at = portMapParents[at]) {
      let low = portMapOffsets[at];
      let high = portMapOffsets[at + 1] - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (portSegments[middle] >>> 8 <= port) low = middle;
        else high = middle - 1;
      }
      const segment = portSegments[low];
      // A bad index must never read as 0, which is pass.
      const verdict = segment === undefined ? -1 : segment & 0xff;
      if (verdict >= 0 && verdict < INHERIT) return VERDICTS[verdict];
      if (verdict !== INHERIT)
        throw new RequestError('policy/damaged', 'the tables hold no verdict');
    }
  }

  /** @param {number} entry of an address, or the root @param {number} port */
  function dialledVerdictAt(entry, port) {
    return entry === root ? VERDICTS[0] : verdictIn(dialledPortMaps[entry - nameCount], port);
  }

  /** @param {string} host @param {number} port */
  function verdict(host, port) {
    checkPort(port);
    return verdictIn(entryPortMaps[hostEntry(host)], port);
  }

  /** @param {string} address @param {number} port */
  function verdictDialled(address, port) {
    checkPort(port);
    const entry = addressEntry(address);
    if (entry < 0) throw badHost(address);
    return dialledVerdictAt(entry, port);
  }

  return Object.freeze({ policy, decide, decideUrl, decideDialled, verdict, verdictDialled });
}
