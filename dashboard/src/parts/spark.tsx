import type { JSX } from 'preact'

const WIDTH = 240
const HEIGHT = 40

/** A line of the last figures. The last one is said in words beside it. */
export function Spark({ values, label }: { values: readonly number[]; label: string }): JSX.Element | null {
  if (values.length === 0) return null
  // One figure is a line, too.
  const shown = values.length === 1 ? [...values, ...values] : values
  const most = Math.max(...values, 1)
  const points = shown.map(
    (value, index) => [(index / (shown.length - 1)) * WIDTH, HEIGHT - 2 - (value / most) * (HEIGHT - 4)] as const,
  )
  const line = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} preserveAspectRatio="none">
      <polygon points={`0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} />
      <polyline points={line} />
    </svg>
  )
}
