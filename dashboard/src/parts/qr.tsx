import type { JSX } from 'preact'
import { encode } from 'uqr'

/** Cells around the code that stay white, without which phones do not find it. */
const BORDER = 4

/** A QR code. Its text is what a phone would read. */
export function Qr({ text, label }: { text: string; label: string }): JSX.Element {
  const { data, size } = encode(text, { border: BORDER })
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} data-text={text} shape-rendering="crispEdges">
      <path d={pathOf(data)} />
    </svg>
  )
}

/** One rectangle for each run of dark cells in a row. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
  let path = ''
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < row.length; x++) {
      if (row[x] !== true) continue
      const from = x
      while (row[x + 1] === true) x++
      path += `M${from} ${y}h${x + 1 - from}v1H${from}z`
    }
  }
  return path
}
