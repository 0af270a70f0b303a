import stringWidth from 'string-width'
import type { Colour, Paint } from './paint.ts'
import { plain } from './plain.ts'

export type Cell = string | number | null | { readonly text: string; readonly colour: Colour }

export interface Column {
  readonly title: string
  readonly align?: 'right'
  /** It gives way when the table is wider than the terminal, down to this width. An id never does: people copy it. */
  readonly least?: number
  /** It is left out when the terminal is too narrow even so. */
  readonly isOptional?: true
}

const GAP = '  '

/** Lays rows out in columns, by the width that a terminal gives each character. What is too long ends with an ellipsis. */
export function table(given: readonly Column[], all: readonly (readonly Cell[])[], width: number | null, paint: Paint): string[] {
  const { columns, rows } = roomy(given, all, width)
  const texts = rows.map((row) => row.map(textOf))
  const widths = fitted(columns, texts, width)
  const line = (cells: readonly string[], colours: readonly (Colour | null)[]): string =>
    cells
      .map((text, index) => {
        const cut = truncate(text, widths[index] ?? 0)
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(cut)))
        const painted = paint(colours[index] ?? null, cut)
        if (columns[index]?.align === 'right') return `${space}${painted}`
        return index === cells.length - 1 ? painted : `${painted}${space}`
      })
      .join(GAP)
      .trimEnd()
  const titles = columns.map(({ title }) => title)
  return [
    line(
      titles,
      titles.map(() => 'dim'),
    ),
    ...texts.map((cells, index) => line(cells, (rows[index] ?? []).map(colourOf))),
  ]
}

const textOf = (cell: Cell): string => {
  if (cell === null || cell === '') return '-'
  return plain(typeof cell === 'object' ? cell.text : String(cell))
}

const colourOf = (cell: Cell): Colour | null => (typeof cell === 'object' && cell !== null ? cell.colour : null)

interface Grid {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Leaves optional columns out, from the right, until the narrowest form of the table fits. */
function roomy(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number | null): Grid {
  const texts = rows.map((row) => row.map(textOf))
  const narrowest = fitted(columns, texts, 0).reduce((sum, each) => sum + each, GAP.length * (columns.length - 1))
  const out = columns.findLastIndex(({ isOptional }) => isOptional)
  if (width === null || narrowest <= width || out < 0) return { columns, rows }
  const without = <Item>(items: readonly Item[]): Item[] => items.filter((_, index) => index !== out)
  return roomy(without(columns), rows.map(without), width)
}

function fitted(columns: readonly Column[], texts: readonly (readonly string[])[], width: number | null): number[] {
  const widths = columns.map(({ title }, index) =>
    texts.reduce((most, cells) => Math.max(most, stringWidth(cells[index] ?? '')), stringWidth(title)),
  )
  if (width === null) return widths
  const total = (): number => widths.reduce((sum, each) => sum + each, GAP.length * (columns.length - 1))
  while (total() > width) {
    const widest = columns.reduce<number | null>((found, { least }, index) => {
      if (least === undefined || (widths[index] ?? 0) <= least) return found
      return found === null || (widths[index] ?? 0) > (widths[found] ?? 0) ? index : found
    }, null)
    if (widest === null) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Cuts a text so that it takes at most this many columns. A character of two columns is never halved. */
export function truncate(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let [kept, taken] = ['', 0]
  for (const { segment } of segments.segment(text)) {
    const more = stringWidth(segment)
    if (taken + more > width - 1) break
    kept += segment
    taken += more
  }
  return `${kept.trimEnd()}…`
}

/** Breaks a text into lines of at most this many columns, at spaces where there are some. */
export function wrap(text: string, width: number | null, indent = ''): string[] {
  const room = width === null ? Infinity : Math.max(20, width - stringWidth(indent))
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && stringWidth(last) + 1 + stringWidth(word) <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.map((line) => `${indent}${line}`)
}
