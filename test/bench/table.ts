/** Prints each figure on a line. */
export function printFigures(figures: object): void {
  for (const [name, value] of lines('', figures)) process.stdout.write(`${name.padEnd(52)} ${value}\n`)
}

function lines(prefix: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[prefix, String(value)]]
  return Object.entries(value).flatMap(([name, inner]) => lines(prefix === '' ? name : `${prefix} ${name}`, inner))
}
