import { Command } from 'commander';
import { type Diagnostic, diagnostic } from '../../diagnostics/index.js';
import { type Compiled, compileManifest } from '../../pipeline.js';
import { evaluate } from '../../policy/index.js';
import { canonicalUrl } from '../../request/index.js';
import { complain, conclude, type Format } from '../console.js';
import { answerOf } from '../decide/answer.js';
import { essential } from '../essential.js';
import { EXIT, type ExitCode } from '../exit.js';
import { askAll, conflicts, type Question, type Testimony } from '../explain/ask.js';
import { explanation } from '../explain/print.js';
import { canonicalText, type Trace, traceRules } from '../explain/trace.js';
import { formatOption, keysOption, loadInputs, optionsFor, withExamples } from '../manifest.js';
import type { Finish } from '../program.js';

interface Flags {
  readonly manifest: string;
  readonly keys?: string;
  readonly method: string;
  readonly format: Format;
}

export function explainCommand(finish: Finish): Command {
  const command = new Command('explain')
    .description('Say what is decided of a request, by which rule and why, in every runtime.')
    .argument('<url>', 'request URL')
    .requiredOption('--manifest <file>', 'manifest, YAML or JSON')
    .addOption(keysOption())
    .option('--method <method>', 'request method', 'GET')
    .addOption(formatOption())
    .action(async (url: string, flags: Flags) => finish(await explain(url, flags)));
  return withExamples(
    command,
    'intercept explain https://api.openai.com/v1/models --manifest policy.yaml --keys keys.json',
    'intercept explain https://api.openai.com/v1/files --method DELETE --manifest policy.yaml --format json',
  );
}

async function explain(url: string, flags: Flags): Promise<ExitCode> {
  const loaded = await loadInputs(flags.manifest, flags.keys);
  if (!loaded.ok) {
    conclude(flags.format, loaded);
    return EXIT.input;
  }
  const options = optionsFor(loaded.value);
  const compiled = await compileManifest(loaded.value.manifest.bytes, options);
  if (!compiled.ok) {
    conclude(flags.format, { ...compiled, sources: loaded.value.sources });
    return EXIT.input;
  }
  const request = canonicalUrl(url, flags.method);
  if (!request.ok) {
    conclude(flags.format, {
      diagnostics: [diagnostic(request.error.code, { message: request.error.message })],
    });
    return EXIT.input;
  }
  const question = { url, method: flags.method, request: request.value };
  return answer(compiled.value, question, essential(compiled.diagnostics), flags.format);
}

async function answer(
  compiled: Compiled,
  question: Question,
  notes: readonly Diagnostic[],
  format: Format,
): Promise<ExitCode> {
  const decision = evaluate(compiled.policy, question.request);
  const trace = traceRules(compiled.policy, question.request);
  const asked = await askAll(compiled, question);
  if (!asked.ok) {
    conclude(format, asked);
    return EXIT.input;
  }
  const testimonies = asked.value;
  const wrong = conflicts(testimonies).map((message) =>
    diagnostic('runtime/disagree', { message }),
  );
  conclude(format, {
    ok: wrong.length === 0,
    diagnostics: format === 'json' ? [...notes, ...wrong] : notes,
    value: {
      request: { method: question.request.method, url: canonicalText(question.request) },
      decision: answerOf(decision),
      ...ruleValue(compiled, decision.rule),
      ...traceValue(compiled, trace),
      runtimes: testimonies.map(testimonyValue),
    },
    text: explanation(compiled, question, decision, trace, testimonies),
  });
  // Behind the table that shows it.
  if (format === 'text') complain(wrong);
  return wrong.length === 0 ? EXIT.fine : EXIT.findings;
}

function ruleValue({ document }: Compiled, rule: number | null): Record<string, unknown> {
  if (rule === null) return {};
  const { file, line, endLine } = document.locate(['match_rules', rule]);
  return { rule: { index: rule, file, line, end_line: endLine } };
}

function traceValue({ document }: Compiled, trace: Trace): Record<string, unknown> {
  return {
    earlier: trace.misses.map(({ rule, reason }) => ({
      rule,
      line: document.locate(['match_rules', rule]).line,
      reason,
    })),
    other_hosts: trace.otherHosts,
    ...(trace.exemption === null ? {} : { exemption: trace.exemption }),
    ...(trace.readings.length < 2 ? {} : { readings: trace.readings }),
  };
}

function testimonyValue(one: Testimony): Record<string, unknown> {
  if (!one.available) return { runtime: one.runtime, available: false, reason: one.reason };
  const { runtime, decision, verdict } = one;
  return {
    runtime,
    available: true,
    ...(decision === null ? {} : { decision: answerOf(decision) }),
    verdict,
  };
}
