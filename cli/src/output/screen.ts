import type { Context } from '../context.ts'
import { truncate } from './table.ts'

const [HIDE_CURSOR, SHOW_CURSOR] = ['\u001b[?25l', '\u001b[?25h']
const [HOME, TO_END_OF_LINE, BELOW] = ['\u001b[H', '\u001b[K', '\u001b[J']
const CLEAR = '\u001b[2J\u001b[H'

/** Runs a view that is drawn again and again, and leaves the terminal as it was. Ctrl-C ends it without an error. */
export async function withScreen(context: Context, work: () => Promise<void>): Promise<void> {
  const { stdout, interrupted } = context.host
  const isDrawn = stdout.isTerminal && !context.isJson
  if (isDrawn) stdout.write(`${HIDE_CURSOR}${CLEAR}`)
  try {
    await work()
  } catch (error) {
    if (!interrupted.aborted) throw error
  } finally {
    if (isDrawn) stdout.write(SHOW_CURSOR)
  }
}

/** Draws the lines over the former ones, without a flicker. Where the output is no terminal, prints them below each other. */
export function redraw(context: Context, lines: readonly string[]): void {
  const { stdout } = context.host
  if (context.isJson) return
  if (!stdout.isTerminal) return stdout.write(`${lines.join('\n')}\n\n`)
  const room = stdout.rows === null ? lines.length : Math.max(2, stdout.rows - 1)
  const cut =
    lines.length > room
      ? [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines: a taller terminal shows them`]
      : lines
  stdout.write(`${HOME}${cut.map((line) => `${line}${TO_END_OF_LINE}\n`).join('')}${BELOW}`)
}

/** Cuts a line for a terminal of this width. */
export const fitting = (line: string, columns: number | null): string => (columns === null ? line : truncate(line, columns))
