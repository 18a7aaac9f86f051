import { describe, expect, it } from 'vitest';
import { CATALOG } from '../../compiler/diagnostics/catalog.js';
import {
  compareDiagnostics,
  diagnostic,
  renderJson,
  renderLine,
  renderText,
  SourceText,
} from '../../compiler/diagnostics/index.js';

function frame(text: string, start: number, end: number, width?: number): string {
  const source = new SourceText('p.yaml', text);
  const one = diagnostic('host/port', { message: 'm', at: source.location(start, end) });
  return renderText([one], { source: () => source, ...(width === undefined ? {} : { width }) });
}

describe('catalog', () => {
  it('names every code area/what, with a title and a help', () => {
    for (const [code, entry] of Object.entries(CATALOG)) {
      expect(code).toMatch(/^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(entry.title).not.toBe('');
      expect(entry.help).toMatch(/[.!?]$/);
    }
  });

  it('takes the severity from the catalog and refuses an unknown code', () => {
    expect(diagnostic('rule/unreachable', { message: 'm' }).severity).toBe('warning');
    expect(() => diagnostic('no/such', { message: 'm' })).toThrow('no/such');
  });
});

describe('SourceText', () => {
  it('turns offsets into lines and columns, LF and CRLF', () => {
    const source = new SourceText('f', 'ab\r\ncd\n\nx');
    expect(source.location(0, 2)).toEqual({
      file: 'f',
      line: 1,
      column: 1,
      endLine: 1,
      endColumn: 3,
    });
    expect(source.location(5)).toMatchObject({ line: 2, column: 2 });
    expect(source.location(8)).toMatchObject({ line: 4, column: 1 });
    expect(source.location(99)).toMatchObject({ line: 4, column: 2 });
    expect([1, 2, 3, 4, 5].map((line) => source.line(line))).toEqual(['ab', 'cd', '', 'x', '']);
    expect(source.lineCount).toBe(4);
  });

  it('finds offsets again', () => {
    const source = new SourceText('f', 'ab\ncd\n');
    for (let at = 0; at < 6; at++) {
      const { line, column } = source.location(at);
      expect(source.offset(line, column)).toBe(at);
    }
  });
});

describe('renderText', () => {
  it('underlines the range', () => {
    expect(frame('a: 1\nhost: x:443\n', 11, 16)).toBe(
      [
        'error[host/port]: m',
        ' --> p.yaml:2:7',
        '  |',
        '2 | host: x:443',
        '  |       ^^^^^',
        '',
      ].join('\n'),
    );
  });

  it('counts tabs and wide characters as they are printed', () => {
    const lines = frame('\t日本: bad', 5, 8).split('\n');
    expect(lines[3]).toBe('1 |     日本: bad');
    expect(lines[4]).toBe(`  | ${' '.repeat(10)}^^^`);
  });

  it('points at the end of a line with one caret', () => {
    expect(frame('ab', 2, 2).split('\n')[4]).toBe('  |   ^');
  });

  it('underlines the first line of a longer range', () => {
    expect(frame('ab: cd\nef', 4, 9).split('\n')[4]).toBe('  |     ^^');
  });

  it('clips a long line around the column', () => {
    const text = `${'x'.repeat(5000)}BAD${'y'.repeat(5000)}`;
    const [, , , line, carets] = frame(text, 5000, 5003, 60).split('\n');
    expect(line).toMatch(/^1 \| …x+BADy+…$/);
    expect(line!.length).toBeLessThanOrEqual(64);
    expect(line!.slice(carets!.indexOf('^'), carets!.lastIndexOf('^') + 1)).toBe('BAD');
  });

  it('shows controls, bidi and escape sequences instead of sending them', () => {
    const hostile = 'a\u001b[2Jb\u202ec\u0007\u200b\u2028\ufeff\ud800';
    const source = new SourceText(`${hostile}.yaml`, hostile);
    const one = diagnostic('host/port', {
      message: `bad ${hostile}`,
      hint: hostile,
      at: source.location(0, 1),
      witness: { method: hostile, url: hostile },
    });
    const text = renderText([one], { source: () => source }) + renderLine(one);
    expect(text).toContain('<U+202E>');
    expect(text).not.toMatch(/[^\n\P{Cc}]|[\p{Cf}\p{Cs}\u2028]/u);
  });

  it('colours only when asked', () => {
    const one = diagnostic('host/port', { message: 'm' });
    expect(renderText([one])).toBe('error[host/port]: m\n');
    expect(renderText([one], { color: true })).toContain('\u001b[31m');
  });

  it('caps each code at twenty', () => {
    const many = Array.from({ length: 25 }, () => diagnostic('host/port', { message: 'm' }));
    const text = renderText([...many, diagnostic('host/slash', { message: 's' })]);
    expect(text.match(/error\[host\/port\]/g)).toHaveLength(20);
    expect(text).toContain('… and 5 more host/port');
    expect(text).toContain('error[host/slash]');
  });

  it('shows hint and witness', () => {
    const one = diagnostic('rule/evadable', {
      message: 'm',
      hint: 'do this',
      witness: { method: 'GET', url: 'https://a/' },
    });
    expect(renderText([one])).toBe(
      'warning[rule/evadable]: m\n  for example: GET https://a/\n  hint: do this\n',
    );
  });
});

describe('other forms', () => {
  const source = new SourceText('p.yaml', 'a: b\n');
  const one = diagnostic('host/port', { message: 'm', at: source.location(3, 4), rule: 0 });

  it('prints one line', () => {
    expect(renderLine(one)).toBe('p.yaml:1:4: error: m [host/port]');
    expect(renderLine(diagnostic('runtime/unavailable', { message: 'm' }))).toBe(
      'error: m [runtime/unavailable]',
    );
  });

  it('prints JSON, keys in order', () => {
    expect(renderJson([])).toBe('[]\n');
    expect(renderJson([one])).toBe(
      '[\n  {"code":"host/port","severity":"error","message":"m","file":"p.yaml","line":1,"column":4,"endLine":1,"endColumn":5,"rule":0}\n]\n',
    );
  });

  it('sorts by place', () => {
    const later = diagnostic('host/port', { message: 'm', at: source.location(4) });
    const none = diagnostic('runtime/unavailable', { message: 'm' });
    expect([none, later, one].sort(compareDiagnostics)).toEqual([one, later, none]);
  });
});
