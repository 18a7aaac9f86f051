/** Arrows point one way (design sections 5 and 10): which folder may import which, checked over every source file. */

import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * What each folder may import besides itself. A stage sees what comes before it and never what comes behind it:
 * `image` is all that the back ends see, and nobody but the command line and the library entry sees the pipeline.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  diagnostics: [],
  request: [],
  image: [],
  read: ['diagnostics'],
  validate: ['diagnostics', 'read', 'request', 'package-path.ts'],
  verify: ['diagnostics', 'read', 'validate'],
  policy: ['request', 'paths'],
  paths: ['policy', 'request'],
  lower: ['diagnostics', 'policy', 'paths', 'request', 'validate'],
  analyse: ['diagnostics', 'policy', 'paths', 'request', 'emit/backend.ts'],
  compare: ['analyse', 'policy', 'paths', 'request'],
  project: ['image', 'policy', 'paths', 'request'],
  emit: ['image', 'package-path.ts', 'analyse', 'request'],
  output: ['diagnostics', 'emit/backend.ts'],
  format: ['diagnostics', 'read'],
  report: ['diagnostics'],
  settings: ['diagnostics', 'package-path.ts', 'read'],
  'policy-test': ['diagnostics', 'package-path.ts', 'paths', 'policy', 'read', 'request'],
  'pipeline.ts': [
    'analyse',
    'diagnostics',
    'emit',
    'image',
    'lower',
    'output',
    'package-path.ts',
    'policy',
    'project',
    'read',
    'validate',
    'verify',
  ],
  'index.ts': ['pipeline.ts', 'diagnostics', 'emit', 'output', 'policy', 'validate'],
  'package-path.ts': [],
  cli: [
    'pipeline.ts',
    'compare',
    'diagnostics',
    'emit',
    'format',
    'output',
    'package-path.ts',
    'paths',
    'policy',
    'policy-test',
    'report',
    'request',
    'settings',
    'validate',
    'verify',
    '../runtime-c',
    '../runtime-bpf',
  ],
};

/** Modules that others import past the entry of their folder: small, and without the rest of it. */
const FURTHER_ENTRIES: ReadonlySet<string> = new Set([
  'compiler/analyse/budget.js',
  'compiler/analyse/hosts.js',
  'compiler/analyse/literals.js',
  'compiler/analyse/traffic.js',
  'compiler/diagnostics/catalog.js',
  'compiler/diagnostics/diagnostic.js',
  'compiler/diagnostics/source-text.js',
  'compiler/emit/review/index.js',
  'compiler/image/hash.js',
  'compiler/validate/manifest.js',
]);

/** Packages that ship with their consumers: each has one folder that may use it. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  commander: ['cli'],
  handlebars: ['emit'],
  jose: ['verify'],
  yaml: ['read', 'verify'],
  ajv: ['validate', 'policy-test', 'settings'],
  'ajv-formats': ['validate'],
  refa: ['paths'],
  '@eslint-community/regexpp': ['paths', 'analyse'],
  canonicalize: ['verify'],
  'whatwg-url': ['request', 'validate'],
  tldts: ['analyse'],
  'ipaddr.js': ['request', 'emit'],
  picocolors: ['diagnostics', 'cli'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

// Between the keyword and `from` stand names, braces and commas alone: no other statement can be taken for an import.
const SPECIFIER =
  /^(?:import|export)\s[\w*{},\s]*?\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

function sources(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs)$/.test(name) && !/\.d\.m?ts$/.test(name))
    .map((name) => `${folder}/${name}`);
}

function importsOf(folder: string): readonly Import[] {
  return sources(folder).flatMap((from) => {
    const text = readFileSync(join(root, from), 'utf8');
    return [...text.matchAll(SPECIFIER)].map(([, named, bare, dynamic]) => {
      const to = named ?? bare ?? dynamic ?? '';
      return { from, to: to.startsWith('.') ? posix.join(posix.dirname(from), to) : to };
    });
  });
}

/** `compiler/paths/x.js` -> `paths`; `compiler/pipeline.js` -> `pipeline.ts`. */
function placeOf(path: string): string {
  const [top, second = '', ...rest] = path.split('/');
  if (top !== 'compiler') return `../${top}`;
  return rest.length === 0 ? second.replace(/\.js$/, '.ts') : second;
}

function isAllowed({ from, to }: Import): boolean {
  const place = placeOf(from);
  const target = placeOf(to);
  const exact = to.slice('compiler/'.length).replace(/\.js$/, '.ts');
  const allowed = MAY_IMPORT[place] ?? [];
  return place === target || allowed.includes(target) || allowed.includes(exact);
}

const compiler = importsOf('compiler');

describe('imports inside of the compiler', () => {
  it('are seen by this test', () => {
    expect(compiler.length).toBeGreaterThan(200);
    expect(new Set(compiler.map(({ from }) => placeOf(from)))).toEqual(
      new Set(Object.keys(MAY_IMPORT)),
    );
  });

  it('follow the arrows', () => {
    const wrong = compiler
      .filter(({ to }) => to.startsWith('compiler/') || to.startsWith('runtime-'))
      .filter((one) => !isAllowed(one))
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(wrong).toEqual([]);
  });

  it('go through the one entry of a folder, or its types', () => {
    const entries =
      /^compiler\/[^/]+\/(index|types|backend)\.js$|^compiler\/[^/]+\.js$|^runtime-\w+\/runner\.js$/;
    const wrong = compiler
      .filter(({ to }) => to.startsWith('compiler/') || to.startsWith('runtime-'))
      .filter(({ from, to }) => placeOf(from) !== placeOf(to))
      .filter(({ to }) => !entries.test(to) && !FURTHER_ENTRIES.has(to))
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(wrong).toEqual([]);
  });

  it('use each package in its place', () => {
    const wrong = compiler
      .filter(({ to }) => !to.includes('/') || to.startsWith('@') || /^[a-z-]+\//.test(to))
      .filter(({ to }) => !to.startsWith('compiler/') && !to.startsWith('runtime-'))
      .filter(({ to }) => !to.startsWith('node:'))
      .filter(({ from, to }) => {
        const name = to
          .split('/')
          .slice(0, to.startsWith('@') ? 2 : 1)
          .join('/');
        return !PACKAGES[name]?.includes(placeOf(from));
      })
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(wrong).toEqual([]);
  });
});

describe('imports between the parts', () => {
  it('never lead from the engine of generated code to anything else', () => {
    const engine = compiler.filter(({ from }) => from.startsWith('compiler/emit/node/engine/'));
    expect(engine.length).toBeGreaterThan(0);
    const wrong = engine.filter(({ to }) => !to.startsWith('compiler/emit/node/engine/'));
    expect(wrong).toEqual([]);
  });

  it('lead from the native runners to nothing but diagnostics, policy types and paths', () => {
    const allowed =
      /^(node:|runtime-c\/|compiler\/(diagnostics|policy)\/(index|types)\.js$|compiler\/package-path\.js$)/;
    const runners = [...importsOf('runtime-c'), ...importsOf('runtime-bpf')];
    const wrong = runners
      .filter(({ from, to }) => !allowed.test(to) && placeOf(from) !== placeOf(to))
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(wrong).toEqual([]);
  });

  it('name Node modules as such', () => {
    const wrong = compiler.filter(({ to }) => builtinModules.includes(to));
    expect(wrong).toEqual([]);
  });
});
