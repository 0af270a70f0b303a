import * as fc from 'fast-check'
import { PRIORITIES, type Priority } from '@holdfast/core/message/job-document'
import { DELIVERIES, type Delivery } from './tasks.ts'
import { FATES, type Turn } from './turns.ts'

/** What people, WhatsApp, the machines and time do to the queue. */

export const SESSIONS = ['a', 'b'] as const
export type SessionName = (typeof SESSIONS)[number]

/** Chat 2 is with a number that has no account. */
const CHATS = [0, 1, 2] as const
export const MOST_JOBS = 5

const ANSWERS = ['ack', 'refusal', 'restriction', 'final refusal', 'missed devices', 'nothing'] as const
export type AnswerKind = (typeof ANSWERS)[number]

export type Deed =
  | {
      readonly does: 'accept'
      readonly job: number
      readonly session: SessionName
      readonly chat: number
      readonly priority: Priority
      /** Minutes from now; 0: at once, never. */
      readonly sendIn: number
      readonly expiresIn: number
      /** Minutes of its retries; null: those of the tenant. */
      readonly retries: readonly number[] | null
    }
  /** `nth`: of the messages to which it can be done, or of all. */
  | { readonly does: 'cancel' | 'replace' | 'retry' | 'delete' | 'move'; readonly nth: number }
  | { readonly does: 'answer'; readonly nth: number; readonly with: AnswerKind }
  | { readonly does: 'receipt'; readonly nth: number; readonly type: 'delivered' | 'read' }
  | { readonly does: 'connect' | 'disconnect' | 'usurp' | 'break'; readonly session: SessionName }
  | { readonly does: 'kill'; readonly session: SessionName; readonly losesAll: boolean }
  | { readonly does: 'sweep' | 'tick' }
  | { readonly does: 'wait'; readonly seconds: number }

/** `turns`: the steps before the next operation; null: until all has come to rest. */
export interface Operation {
  readonly deed: Deed
  readonly turns: readonly Turn[] | null
}

export interface Story {
  readonly operations: readonly Operation[]
  /** What becomes of the first tasks. */
  readonly deliveries: readonly Delivery[]
}

const job = fc.nat({ max: MOST_JOBS - 1 })
const nth = fc.nat({ max: 3 })
const session = fc.constantFrom(...SESSIONS)

const accept = fc.record({
  does: fc.constant('accept' as const),
  job,
  session,
  chat: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(CHATS[0], CHATS[1]) }, fc.constant(CHATS[2])),
  priority: fc
    .constantFrom(...PRIORITIES)
    .map((priority) => (priority === 'high' ? 'normal' : priority === 'normal' ? 'high' : priority)),
  sendIn: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(1, 20)),
  expiresIn: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(30, 90)),
  retries: fc.constantFrom(null, [0, 10], [0], [10], [] as number[]),
})

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 14, arbitrary: accept },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('cancel' as const), nth }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('replace' as const), nth }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('retry' as const), nth }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('delete' as const), nth }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('move' as const), nth }) },
  { weight: 9, arbitrary: fc.record({ does: fc.constant('answer' as const), nth, with: fc.constantFrom(...ANSWERS) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('receipt' as const),
      nth,
      type: fc.constantFrom('delivered' as const, 'read' as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('connect' as const), session }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('disconnect' as const), session }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('kill' as const), session, losesAll: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('usurp' as const), session }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('break' as const), session }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('sweep' as const) }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('tick' as const) }) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('wait' as const), seconds: fc.constantFrom(1, 25, 70, 660, 1800) }) },
)

const turn: fc.Arbitrary<Turn> = fc.record({
  pick: fc.nat({ max: 3 }),
  fate: fc.oneof({ weight: 30, arbitrary: fc.constant(FATES[0]) }, fc.constantFrom(...FATES)),
})

/** Shrinks to a rest after each operation. */
const turns = fc.option(fc.array(turn, { maxLength: 12, size: 'max' }), { freq: 3, nil: null })

export const stories: fc.Arbitrary<Story> = fc.record({
  operations: fc.array(fc.record({ deed: deeds, turns }), { maxLength: 50, size: 'max' }),
  deliveries: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(DELIVERIES[0]) }, fc.constantFrom(...DELIVERIES)), {
    maxLength: 6,
  }),
})

/** Says an operation in words. */
export function inWords({ deed, turns: steps }: Operation): string {
  const { does, ...more } = deed
  const details = Object.entries(more).map(([name, value]) =>
    name === 'nth'
      ? `number ${String(value)}`
      : name === 'job'
        ? `m${String(value)}`
        : name === 'session'
          ? `session ${String(value)}`
          : `${name} ${JSON.stringify(value)}`,
  )
  const then = steps?.map(({ pick, fate }) => (fate === 'done' ? String(pick) : `${pick} ${fate}`)).join(', ')
  return `${[does, ...details].join(' ')}${steps === null ? '' : `; then only steps [${then}]`}`
}
