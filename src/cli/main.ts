#!/usr/bin/env node
import { runProgram } from './program';
import { createCli } from './session';
import { processTerminal } from './terminal';

const terminal = processTerminal();

// A reader that goes away (`lastgood list | head`) is not an error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 5));

void runProgram(createCli(terminal, process.env), process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
