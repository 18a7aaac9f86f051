/** One line of `decide`: exactly the shapes of design section 8, and nothing else. */

import {
  canonicalHost,
  canonicalPort,
  parseAddress,
  type RequestError,
} from '../../request/index.js';
import type { SightQuery } from '../runtimes/types.js';
import { MAX_LINE } from './lines.js';

export type Query =
  | { readonly kind: 'request'; readonly url: string; readonly method: string }
  | { readonly kind: 'sight'; readonly sight: SightQuery };

export type Parsed =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly error: RequestError };

const SHAPE = 'give exactly {"url", "method"?}, {"host", "port"} or {"ip", "port"}';

function refuse(code: string, message: string): Parsed {
  return { ok: false, error: { code, message } };
}

/** Codes `request/bad-json`, `request/bad-shape`, and those of canonicalisation. Never throws. */
export function parseLine(line: Uint8Array): Parsed {
  if (line.length > MAX_LINE) {
    return refuse('request/bad-json', `a line has at most ${MAX_LINE} bytes`);
  }
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
    value = JSON.parse(text);
  } catch {
    return refuse('request/bad-json', 'the line is not a JSON object in UTF-8');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('request/bad-shape', `the line is no object: ${SHAPE}`);
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  if (keyCount(text) !== fields.size) {
    return refuse('request/bad-shape', 'a key stands twice, or values nest');
  }
  return shapeOf(fields);
}

/** Keys as written: programs disagree which of two equal ones counts, so a line with both is no request. */
function keyCount(text: string): number {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g) ?? [];
  return tokens.filter((token) => token === ':').length;
}

function shapeOf(fields: ReadonlyMap<string, unknown>): Parsed {
  const keys = [...fields.keys()].sort().join(' ');
  switch (keys) {
    case 'url':
    case 'method url':
      return requestOf(fields.get('url'), fields.has('method') ? fields.get('method') : 'GET');
    case 'host port':
      return sightOf('host', fields.get('host'), fields.get('port'));
    case 'ip port':
      return sightOf('ip', fields.get('ip'), fields.get('port'));
    default:
      return refuse('request/bad-shape', SHAPE);
  }
}

function requestOf(url: unknown, method: unknown): Parsed {
  if (typeof url !== 'string' || typeof method !== 'string') {
    return refuse('request/bad-shape', 'url and method are strings');
  }
  return { ok: true, query: { kind: 'request', url, method } };
}

function sightOf(key: 'host' | 'ip', text: unknown, port: unknown): Parsed {
  if (typeof text !== 'string') return refuse('request/bad-shape', `${key} is a string`);
  if (typeof port !== 'number' || !Number.isInteger(port)) {
    return refuse('request/bad-shape', 'port is an integer');
  }
  const canonical = canonicalPort(port);
  if (!canonical.ok) return { ok: false, error: canonical.error };
  if (key === 'host') {
    const host = canonicalHost(text);
    if (!host.ok) return { ok: false, error: host.error };
    return { ok: true, query: { kind: 'sight', sight: { ...host.value, port } } };
  }
  const address = parseAddress(text);
  if (!address.ok) return { ok: false, error: address.error };
  return {
    ok: true,
    query: { kind: 'sight', sight: { kind: 'address', address: address.value, port } },
  };
}
