/** Preloaded into programs that tests start: ends the program when the test's end of its standard input closes, also by a crash. */
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'));
process.stdin.resume();
// reading must not keep a program alive that is done
(process.stdin as typeof process.stdin & { unref(): void }).unref();
