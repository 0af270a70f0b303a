import type { DamagedMessage, Message } from '@holdfast/client/types'
import type { Context } from './context.ts'
import { factLines } from './facts.ts'
import type { Colour } from './output/paint.ts'
import type { Cell } from './output/table.ts'
import { age, clock } from './output/time.ts'

const COLOURS: Partial<Record<Message['status'], Colour>> = { failed: 'red', delivered: 'green', read: 'green', canceled: 'dim' }

export const MESSAGE_COLUMNS = [
  { title: 'MESSAGE' },
  { title: 'STATUS' },
  { title: 'AGE', align: 'right' as const },
  { title: 'SESSION', least: 8, isOptional: true as const },
  { title: 'CHAT', least: 12, isOptional: true as const },
  { title: 'WHAT', least: 12 },
]

/** Messages to send, as rows of a table. */
export function messageRows(context: Context, messages: readonly (Message | DamagedMessage)[]): Cell[][] {
  return messages.map((message): Cell[] => {
    if (!('timeline' in message)) return [message.jobId, { text: 'damaged', colour: 'red' }, null, null, null, null]
    const { jobId, status, createdAt, session, chatId } = message
    const colour = COLOURS[status]
    return [jobId, colour ? { text: status, colour } : status, age(createdAt, context.now), session, chatId, whatOf(message)]
  })
}

/** Why it failed or waits, else what it says. */
function whatOf({ error, waiting, text, textError }: Message): string | null {
  if (error !== null) return `${error.code}: ${error.message}`
  if (waiting !== null) return `waits: ${waiting.reason}`
  return text ?? textError ?? null
}

/** A message with its timeline. */
export function messageLines(context: Context, message: Message): string[] {
  const { jobId, status, session, chatId, text, attempts, error, waiting, sendAt, expiresAt, nextAttemptAt, timeline } = message
  const facts: (readonly [string, string | null])[] = [
    ['session', session],
    ['chat', chatId],
    ['text', text ?? message.textError ?? null],
    ['attempts', String(attempts)],
    ['error', error === null ? null : `${error.code}: ${error.message}`],
    [
      'waits for',
      waiting === null
        ? null
        : [waiting.reason, waiting.until === null ? null : `until ${clock(waiting.until)}`].filter(Boolean).join(' '),
    ],
    ['send at', clock(sendAt)],
    ['expires', clock(expiresAt)],
    ['next try', clock(nextAttemptAt)],
  ]
  return [
    `${context.paint('bold', jobId)}  ${context.paint(COLOURS[status] ?? null, status)}`,
    ...factLines(context, facts),
    '  Timeline',
    ...timeline.map(({ at, status, attempt, by, session, why }) =>
      [
        `    ${context.paint('dim', clock(at) ?? '')}  ${status}`,
        attempt === undefined ? null : `attempt ${attempt}`,
        why ?? null,
        session === undefined ? null : `by session ${session}`,
        by === undefined ? null : `by ${by}`,
      ]
        .filter(Boolean)
        .join(', '),
    ),
  ]
}
