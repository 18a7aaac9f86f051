#!/usr/bin/env node
/** Entry of `intercept`. */

import { errorCode } from '../output/index.js';
import { run } from './program.js';

// A reader that goes away (`| head -1`) ends the run; it is nobody's mistake.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (errorCode(error) === 'EPIPE') process.exit(0);
    throw error;
  });
}

process.exitCode = await run(process.argv.slice(2));
