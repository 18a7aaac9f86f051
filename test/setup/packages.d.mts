export interface DebianPackage {
  readonly name: string;
  readonly why: string;
  /** Only the benchmarks want it. */
  readonly bench?: boolean;
}
export const debianPackages: readonly DebianPackage[];
