/** A signed manifest of a given size, as a person would lay it out. */

import { CompactSign } from 'jose';
import { signedText } from '../../../compiler/verify/canonical.js';
import { generateKey, MANIFEST_TYP } from '../../../compiler/verify/index.js';
import { hostOf } from '../node/workload.js';

const PATHS = [['/v1/*'], ['/v1/chat/*', '/v1/models'], ['^/v[0-9]+/files/[a-z0-9-]+(/content)?$']];

interface BenchRule {
  readonly integration_id: string;
  readonly provider: string;
  readonly match: {
    readonly hosts: string[];
    readonly methods?: string[];
    readonly path_groups: string[];
  };
  readonly action: string;
  readonly rewrite: { readonly mode: string; readonly send_intended_url: boolean };
}

function ruleAt(i: number): BenchRule {
  const hosts = [i % 10 === 9 ? `*.${hostOf(i)}` : hostOf(i)];
  const path_groups = PATHS[i % 3]!;
  const match =
    i % 2 === 0 ? { hosts, path_groups } : { hosts, methods: ['GET', 'POST'], path_groups };
  const rewrite = { mode: 'execute', send_intended_url: true };
  return {
    integration_id: `integration-${i}`,
    provider: 'bench',
    match,
    action: 'execute',
    rewrite,
  };
}

const flow = (items: readonly string[]): string =>
  `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;

function ruleText({ integration_id, provider, match, action }: BenchRule): string {
  const methods = match.methods === undefined ? '' : `      methods: ${flow(match.methods)}\n`;
  return (
    `  - integration_id: ${integration_id}\n    provider: ${provider}\n    match:\n      hosts: ${flow(match.hosts)}\n` +
    `${methods}      path_groups: ${flow(match.path_groups)}\n    action: ${action}\n` +
    `    rewrite: {mode: execute, send_intended_url: true}\n`
  );
}

/** Its text, and the key set that verifies it. Valid on 2026-12-01. */
export async function signedManifest(rules: number): Promise<{ text: string; keys: string }> {
  const list = Array.from({ length: rules }, (_, i) => ruleAt(i));
  const head = {
    manifest_version: 1,
    issued_at: '2026-11-22T00:00:00Z',
    expires_at: '2026-12-22T00:00:00Z',
    broker_execute_url: 'https://broker.svc.example.net/v1/execute',
  };
  const { privateJwk, publicJwk } = await generateKey('EdDSA', 'bench');
  const { kty, crv, x, d } = privateJwk;
  const jws = await new CompactSign(Buffer.from(signedText({ ...head, match_rules: list })))
    .setProtectedHeader({ alg: 'EdDSA', kid: 'bench', typ: MANIFEST_TYP })
    .sign({ kty, crv, x, d, alg: 'EdDSA' });
  const top = Object.entries(head).map(([key, value]) => `${key}: ${value}\n`);
  const text = `${top.join('')}match_rules:\n${list.map(ruleText).join('')}signature: {alg: EdDSA, kid: bench, jws: ${jws}}\n`;
  return { text, keys: JSON.stringify({ keys: [publicJwk] }) };
}
