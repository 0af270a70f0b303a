import { sizeOf } from '../environment/runner-size.ts'
import { ASSUMPTIONS } from './assumptions.ts'
import counted from './counted.json' with { type: 'json' }
import { dollars, estimate, LEVERS } from './estimate.ts'
import { MESSAGES_A_DAY, type Part, PARTS, type Shape } from './month.ts'
import prices from './prices.json' with { type: 'json' }

const { operations, sweep, bytes, kept } = counted

const BEGIN = '<!-- Made by `npm run cost -- --write`. Do not edit. -->'
const END = '<!-- End of what is made. -->'

const SESSIONS = [10, 100, 1000, 10_000, 100_000] as const

/** Runners of another size, to show what that changes. */
const LARGER = sizeOf({ maxConnections: 200 })

/** Pure: the page with its made part replaced. Throws when the page has no such part. */
export function pageWith(page: string, shape: Shape): string {
  const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (start === -1 || end < start) throw new Error('docs/COST.md has no part to replace.')
  return `${page.slice(0, start)}${BEGIN}\n\n${madePart(shape)}\n\n${page.slice(end)}`
}

function madePart(shape: Shape): string {
  const { runner } = shape
  return [
    `In US dollars a month, at list prices of ${prices.date} in ${prices.region} without free tiers, with ${MESSAGES_A_DAY} messages a session in a day, from`,
    `operations counted on ${counted.date} (\`${counted.command}\`), with runners of ${runner.maxConnections} sessions, ${runner.cpu} vCPU and ${runner.memoryGib} GiB.`,
    '',
    ...table(
      shape,
      SESSIONS.map((sessions) => ({ sessions, messagesADay: MESSAGES_A_DAY })),
    ),
    '',
    `With runners of ${LARGER.maxConnections} sessions, ${LARGER.cpu} vCPU and ${LARGER.memoryGib} GiB it is less: ${SESSIONS.slice(
      2,
    )
      .map((sessions) => larger(shape, sessions))
      .join(', ')}.`,
    '',
    'What a number of messages changes, with 1,000 sessions:',
    '',
    ...table(
      shape,
      [0, 10, 100, 1000].map((messagesADay) => ({ sessions: 1000, messagesADay })),
    ),
    '',
    'What to turn, by part:',
    '',
    '| part | |',
    '| --- | --- |',
    ...PARTS.map((part) => `| ${part} | ${LEVERS[part]} |`),
    '',
    'What was counted: documents of Firestore that were read and written, tasks, and bytes.',
    '',
    '| | reads | writes | tasks | to WhatsApp | logs |',
    '| --- | --- | --- | --- | --- | --- |',
    ...countedRows(),
    `| a run of the sweep, each minute | ${sweep.perRun.reads} | ${sweep.perRun.writes} |  |  |  |`,
    `| … and for each runner | ${sweep.perRunner.reads} | ${sweep.perRunner.writes} |  |  |  |`,
    `| … and for each 1,000 sessions | ${sweep.perThousandSessions.reads} | ${sweep.perThousandSessions.writes} |  |  |  |`,
    '',
    `A job has ${kept.job} bytes, a received message ${kept.receivedMessage}, a record of the journal ${kept.journalRecord}, and the checkpoint of a session with one`,
    `contact ${kept.checkpoint.toLocaleString('en')}.`,
    '',
    'What the estimate takes for things that nobody counted:',
    '',
    ...ASSUMPTIONS.map((line) => `- ${line}`),
  ].join('\n')
}

const ROWS = {
  perSent: 'a message to send, from request to delivery receipt',
  perReceived: 'a received message',
  perRetried: 'a message that was refused once and retried by a task',
  perScheduled: 'a message for later',
  perCanceled: 'a message for later that was cancelled',
  perIdleSessionHour: 'an idle session in an hour',
  perIdleRunnerHour: 'an idle runner in an hour, with the heartbeat of a deployment',
} as const

function countedRows(): readonly string[] {
  const figure = (value: number | undefined): string => (value === undefined ? '' : value.toLocaleString('en'))
  return Object.entries(ROWS).map(([name, what]) => {
    const { reads, writes, tasks } = operations[name as keyof typeof ROWS] as { reads: number; writes: number; tasks?: number }
    const { egress, log } = (bytes as Readonly<Record<string, { egress: number; log: number } | undefined>>)[name] ?? {}
    return `| ${[what, figure(reads), figure(writes), figure(tasks), figure(egress), figure(log)].join(' | ')} |`
  })
}

function larger(shape: Shape, sessions: number): string {
  const { usd, usdASession } = estimate(
    { ...shape, runner: { ...shape.runner, ...LARGER } },
    { sessions, messagesADay: MESSAGES_A_DAY },
  )
  return `${dollars(usd)} for ${sessions.toLocaleString('en')} (${dollars(usdASession)} a session)`
}

type Loads = readonly { readonly sessions: number; readonly messagesADay: number }[]

function table(shape: Shape, loads: Loads): readonly string[] {
  const all = loads.map((load) => estimate(shape, load))
  const row = (what: string, cells: readonly string[]) => `| ${what} | ${cells.join(' | ')} |`
  const partRow = (part: Part) =>
    row(
      part,
      all.map(({ byPart }) => dollars(byPart[part])),
    )
  const bySessions = new Set(loads.map(({ sessions }) => sessions)).size > 1
  return [
    bySessions
      ? row(
          'sessions',
          loads.map(({ sessions }) => sessions.toLocaleString('en')),
        )
      : row(
          'messages a session in a day',
          loads.map(({ messagesADay }) => messagesADay.toLocaleString('en')),
        ),
    row(
      '---',
      loads.map(() => '---'),
    ),
    ...PARTS.map(partRow),
    row(
      '**all**',
      all.map(({ usd }) => `**${dollars(usd)}**`),
    ),
    row(
      'for one session',
      all.map(({ usdASession }) => dollars(usdASession)),
    ),
    row(
      'dominates',
      all.map(({ largest, byPart, usd }) => `${largest} (${Math.round((100 * byPart[largest]) / usd)} %)`),
    ),
  ]
}
