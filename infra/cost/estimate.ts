import { type CostLine, type Load, monthOf, type Part, PARTS, type Shape, totalOf } from './month.ts'
import prices from './prices.json' with { type: 'json' }

export interface Estimate {
  readonly load: Load
  readonly lines: readonly CostLine[]
  readonly usd: number
  readonly usdASession: number
  readonly byPart: Readonly<Record<Part, number>>
  /** The part that costs most. */
  readonly largest: Part
}

/** Pure. */
export function estimate(shape: Shape, load: Load): Estimate {
  const lines = monthOf(shape, load)
  const usd = totalOf(lines)
  const byPart = Object.fromEntries(PARTS.map((part) => [part, totalOf(lines.filter((line) => line.part === part))])) as Record<
    Part,
    number
  >
  const largest = PARTS.reduce((one, other) => (byPart[other] > byPart[one] ? other : one))
  return { load, lines, usd, usdASession: usd / load.sessions, byPart, largest }
}

/** What makes each part cheaper. */
export const LEVERS: Readonly<Record<Part, string>> = {
  runners: 'let each runner hold more sessions (`runner.maxConnections` with more memory), and look at committed use discounts',
  functions: 'ask the API less often: webhooks and the event stream tell what happens',
  documents: 'fewer messages for later and fewer retries; the rest is what durability costs',
  'kept documents': 'keep fewer daily backups (`backups.days`) and archive finished jobs sooner (`retention` of the tenant)',
  objects:
    'fewer checkpoints (`SESSION_BACKUP_INTERVAL`), kept for less long (`backups` of the tenant); a life cycle of the bucket may move old ones to a colder class',
  tasks: 'nothing: they cost next to nothing',
  fixed: 'nothing: they are the same for any number of sessions',
  logs: 'a higher `LOG_LEVEL`, or an exclusion filter for request logs in Cloud Logging',
  traffic: 'nothing: WhatsApp gets what it has to get',
}

export const dollars = (usd: number): string =>
  `$${usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`

/** What a month costs, for programs. Fields are only added. US dollars, with four digits after the point. */
export interface Cost {
  readonly usd: number
  readonly usdASession: number
  readonly sessions: number
  readonly messagesADay: number
  readonly lines: readonly CostLine[]
  /** The day of the list prices, e.g. `2026-11-28`. */
  readonly pricesOf: string
}

/** Pure. */
export function costOf(shape: Shape, load: Load): Cost {
  const { lines, usd, usdASession } = estimate(shape, load)
  return {
    usd: rounded(usd),
    usdASession: rounded(usdASession),
    ...load,
    lines: lines.map((line) => ({ ...line, usd: rounded(line.usd) })),
    pricesOf: prices.date,
  }
}

const rounded = (usd: number): number => Math.round(usd * 10_000) / 10_000

/** What a month costs, for people. */
export function costLines(shape: Shape, load: Load): readonly string[] {
  const { lines, usd, usdASession, largest, byPart } = estimate(shape, load)
  const width = Math.max(...lines.map((line) => dollars(line.usd).length)) + 2
  return [
    `A month with ${load.sessions} session(s) of ${load.messagesADay} messages a day costs about ${dollars(usd)}, ${dollars(usdASession)} a session:`,
    ...lines.map((line) => `${dollars(line.usd).padStart(width)}  ${line.what}`),
    `Most of it (${Math.round((100 * byPart[largest]) / usd)} %): ${largest}. To turn: ${LEVERS[largest]}.`,
    `List prices of ${prices.date} in ${prices.region}, without free tiers. docs/COST.md says how this is counted.`,
  ]
}
