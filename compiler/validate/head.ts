/** What a schema cannot say of a manifest's head: real dates in the right order, a broker URL that may be trusted. */

import { diagnostic } from '../diagnostics/index.js';
import type { Diagnostic } from '../diagnostics/types.js';
import type { Document } from '../read/types.js';
import { isLoopback, patternOrigin } from '../request/index.js';
import { parseTime } from './time.js';

/** Keys that the schema has found wrong already are left alone. */
export function checkHead(document: Document, wrong: ReadonlySet<string>): Diagnostic[] {
  const text = (key: string): string | undefined => {
    const value = document.value[key];
    return typeof value === 'string' && !wrong.has(key) ? value : undefined;
  };
  const url = text('broker_execute_url');
  return [
    ...checkTimes(document, text('issued_at'), text('expires_at')),
    ...(url === undefined ? [] : checkBrokerUrl(document, url)),
  ];
}

function checkTimes(
  document: Document,
  issuedAt: string | undefined,
  expiresAt: string | undefined,
): Diagnostic[] {
  const issued = issuedAt === undefined ? undefined : parseTime(issuedAt);
  const expires = expiresAt === undefined ? undefined : parseTime(expiresAt);
  const found: Diagnostic[] = [];
  if (issuedAt !== undefined && issued === undefined)
    found.push(badDate(document, 'issued_at', issuedAt));
  if (expiresAt !== undefined && expires === undefined)
    found.push(badDate(document, 'expires_at', expiresAt));
  if (issued !== undefined && expires !== undefined && expires <= issued) {
    const message = `expires_at ${expiresAt} is not after issued_at ${issuedAt}`;
    found.push(
      diagnostic('head/expires-before-issued', { message, at: document.locate(['expires_at']) }),
    );
  }
  return found;
}

function badDate(document: Document, key: string, value: string): Diagnostic {
  const hint = 'Times are real dates in UTC; there are no leap seconds, and midnight is 00:00:00.';
  return diagnostic('head/bad-date', {
    message: `${key} ${value} is no real time`,
    at: document.locate([key]),
    hint,
  });
}

function checkBrokerUrl(document: Document, url: string): Diagnostic[] {
  const problem = brokerUrlProblem(url);
  if (problem === undefined) return [];
  return [
    diagnostic('head/broker-url', {
      message: problem,
      at: document.locate(['broker_execute_url']),
    }),
  ];
}

function brokerUrlProblem(url: string): string | undefined {
  const origin = patternOrigin(url);
  if (origin === null) return 'broker_execute_url is no http or https URL with a host';
  // An empty user info leaves no trace in the parsed URL.
  if (/^[^:]*:\/*[^/?#]*@/.test(url)) return 'broker_execute_url holds user info';
  if (origin.scheme === 'http' && !isLoopback(origin.host)) {
    return 'broker_execute_url is http, and its host is not loopback';
  }
  return undefined;
}
