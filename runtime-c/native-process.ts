/** A native runner as a child process that answers batches in order. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Verdict } from '../compiler/policy/types.js';
import {
  ANSWER_HEAD_BYTES,
  BATCH_MAX,
  decodeAnswers,
  encodeBatch,
  type VerdictQuery,
} from './wire.js';

/** Asks the artefacts of one or more policies. */
export interface VerdictRunner {
  /**
   * The verdicts, in the order of the questions. Rejects where one of them has none (a host that is not canonical) or the
   * process fails; nothing is ever answered `pass` for want of an answer.
   */
  verdicts(queries: readonly VerdictQuery[], policy?: number): Promise<readonly Verdict[]>;
  /** Ends the process and removes what was built. */
  close(): Promise<void>;
}

const STDERR_KEPT = 4000;

interface Waiting {
  readonly bytes: number;
  readonly resolve: (bytes: Buffer) => void;
  readonly reject: (error: Error) => void;
}

export class NativeProcess implements VerdictRunner {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #cleanUp: () => void;
  readonly #ended: Promise<void>;
  #received: Buffer[] = [];
  #receivedBytes = 0;
  #waiting: Waiting | null = null;
  #failure: Error | null = null;
  #stderr = '';
  #last: Promise<unknown> = Promise.resolve();

  constructor(command: string, args: readonly string[], cleanUp: () => void) {
    this.#cleanUp = cleanUp;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-STDERR_KEPT);
    });
    // A write to a process that has ended; its end is reported below.
    this.#child.stdin.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#fail(error);
        resolve();
      });
      this.#child.on('close', (code, signal) => {
        this.#fail(new Error(this.stderr || `ended with ${signal ?? `status ${code}`}`));
        resolve();
      });
    });
  }

  get stderr(): string {
    return this.#stderr.trim();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
    this.#waiting = null;
  }

  #receive(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#receivedBytes += chunk.length;
    const waiting = this.#waiting;
    if (waiting === null || this.#receivedBytes < waiting.bytes) return;
    this.#waiting = null;
    const all = Buffer.concat(this.#received);
    this.#received = [all.subarray(waiting.bytes)];
    this.#receivedBytes = all.length - waiting.bytes;
    waiting.resolve(all.subarray(0, waiting.bytes));
  }

  /** The next `bytes` bytes of output. One caller at a time. */
  read(bytes: number): Promise<Buffer> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting = { bytes, resolve, reject };
      this.#receive(Buffer.alloc(0));
    });
  }

  async #ask(policy: number, queries: readonly VerdictQuery[]): Promise<Verdict[]> {
    this.#child.stdin.write(encodeBatch(policy, queries));
    const answers = await this.read(ANSWER_HEAD_BYTES + queries.length);
    const count = answers.readUInt32LE(0);
    if (count !== queries.length)
      throw new Error(`${count} answers to ${queries.length} questions`);
    if (this.#receivedBytes !== 0) throw new Error('more answers than questions');
    return decodeAnswers(queries, answers.subarray(ANSWER_HEAD_BYTES));
  }

  verdicts(queries: readonly VerdictQuery[], policy = 0): Promise<readonly Verdict[]> {
    const ask = async (): Promise<readonly Verdict[]> => {
      const out: Verdict[] = [];
      for (let from = 0; from < queries.length; from += BATCH_MAX) {
        out.push(...(await this.#ask(policy, queries.slice(from, from + BATCH_MAX))));
      }
      return out;
    };
    // One batch at a time; a failed one does not keep the next from being asked.
    const answer = this.#last.then(ask, ask);
    this.#last = answer;
    return answer;
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
    this.#cleanUp();
  }
}
