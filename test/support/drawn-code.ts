/** By character: whether the upper and the lower half are ink. */
const HALVES: Readonly<Record<string, readonly [boolean, boolean]>> = {
  ' ': [false, false],
  '▀': [true, false],
  '▄': [false, true],
  '█': [true, true],
}

/** Reads the modules of a QR code off a terminal: true is dark. Null while there is none. */
export function codeOnScreen(lines: readonly string[]): boolean[][] | null {
  const drawn = lines.filter((line) => /[▀▄█]/.test(line) && /^[ ▀▄█]+$/.test(line))
  if (drawn.length === 0) return null
  const width = Math.max(...drawn.map((line) => line.length))
  const modules = drawn.flatMap((line) => {
    const halves = Array.from(line.padEnd(width), (character) => HALVES[character] ?? [false, false])
    return [halves.map(([upper]) => upper), halves.map(([, lower]) => lower)]
  })
  return trimmed(modules)
}

/** Without the light border, which a screen that is cut at the right does not keep. */
export function trimmed(modules: readonly (readonly boolean[])[]): boolean[][] {
  const rows = modules.flatMap((row, index) => (row.includes(true) ? [index] : []))
  const columns = modules.flatMap((row) => row.flatMap((isDark, index) => (isDark ? [index] : [])))
  const [left, right] = [Math.min(...columns), Math.max(...columns)]
  return modules.slice(rows[0], (rows.at(-1) ?? 0) + 1).map((row) => row.slice(left, right + 1))
}
