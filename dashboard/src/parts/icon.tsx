import type { JSX } from 'preact'

/** Drawn with lines of one width on 24 × 24. They say nothing that words beside them do not say. */
const PATHS = {
  overview: 'M3 12 12 4l9 8M5.5 10v9.5h13V10M10 19.5v-6h4v6',
  sessions: 'M7 2.5h10v19H7zM10.5 18.5h3',
  queue: 'M4 6h16M4 12h16M4 18h10',
  recoveries: 'M4 12a8 8 0 1 1 2.5 5.8M4 12V7M4 12h5',
  alerts: 'M12 3.5a5.5 5.5 0 0 1 5.5 5.5c0 5 2 6.5 2 6.5h-15s2-1.5 2-6.5A5.5 5.5 0 0 1 12 3.5ZM10 19a2.2 2.2 0 0 0 4 0',
  webhooks: 'M9 8a3.5 3.5 0 1 1 5 3l3 5M9 8a3.5 3.5 0 0 0 1 2.5L7 16M8 17h8M18 20a3 3 0 1 0-2-5M6 20a3 3 0 1 1 2-5',
  runners: 'M4 4.5h16v6H4zM4 13.5h16v6H4zM7.5 7.5h.01M7.5 16.5h.01',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
  more: 'M4 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M18 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0',
  warning: 'M12 4 2.5 20h19L12 4ZM12 10v4.5M12 17.5h.01',
  check: 'm4.5 12.5 5 5 10-11',
  out: 'M14 4.5H5v15h9M10 12h10m0 0-3.5-3.5M20 12l-3.5 3.5',
  back: 'm14.5 5-7 7 7 7',
} as const

export type IconName = keyof typeof PATHS

export const Icon = ({ name }: { name: IconName }): JSX.Element => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
)
