/** What is being done while a person waits. On stderr: stdout belongs to what a command was asked for. */
export function progress(line: string): void {
  process.stderr.write(`engines: ${line}\n`);
}
