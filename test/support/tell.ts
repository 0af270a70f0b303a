const startedAt = performance.now()

/** Writes a line of progress to stderr, after the seconds since the program began. */
export function tell(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)
  process.stderr.write(`${seconds}  ${line}\n`)
}
