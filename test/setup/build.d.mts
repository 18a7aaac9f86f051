/** Builds `dist` when it is older than its sources; false where the build failed. */
export function build(options?: { readonly force?: boolean }): boolean;
