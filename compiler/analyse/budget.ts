/** Bounded work: an analysis that cannot finish says so; it never hangs. */

/** Units are rule visits; a question that needs automata costs what `AUTOMATON_COST` says. */
export const WORK_PER_CHECK = 8_000_000;
export const AUTOMATON_COST = 2_000;

export class Budget {
  #left: number;

  constructor(units: number = WORK_PER_CHECK) {
    this.#left = units;
  }

  /** False once the work is used up; it stays so. */
  spend(units: number): boolean {
    this.#left -= units;
    return this.#left >= 0;
  }

  get exceeded(): boolean {
    return this.#left < 0;
  }
}
