import type { Context } from './context.ts'

/** Facts below each other, without those that are not known. */
export function factLines(context: Context, facts: readonly (readonly [string, string | null])[]): string[] {
  const known = facts.filter(([, fact]) => fact !== null)
  const width = Math.max(0, ...known.map(([title]) => title.length))
  return known.flatMap(([title, fact]) =>
    context
      .sentence(fact ?? '', ' '.repeat(width + 4))
      .map((line, index) => (index === 0 ? `  ${context.paint('dim', title.padEnd(width))}  ${line.trimStart()}` : line)),
  )
}
