/** Bounded work: an analysis that cannot finish says so; it never hangs. */

/** Units are rule visits: about a million of them a second. */
export const WORK_PER_CHECK = 4_000_000;
/** What a question that needs automata costs at least. */
export const AUTOMATON_COST = 100;
/** What asking the reference interpreter costs, and each rule that it may have to look at. */
export const ORACLE_COST = 20;
export const ORACLE_VISIT = 4;

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
