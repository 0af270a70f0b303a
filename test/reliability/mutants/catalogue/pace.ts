import type { Mutant } from '../mutant.ts'

const PACER_TEST = 'runner/src/session/outbox/pacer.test.ts'
const PACING_TEST = 'runner/src/session/outbox/pacing.test.ts'

/** Mutants of the pace of a session. */
export const PACE: readonly Mutant[] = [
  {
    name: 'counts-in-no-record',
    invariant: 'beside',
    what: 'the next owner of a session counts its messages from nothing, and sends at once',
    edits: [{ in: 'Pacer.sent', call: 'this.#changed', becomes: '{ keys: {}, events: [] }' }],
    noticedBy: { file: PACER_TEST, tests: 'keeps its counts, its pause and its gaps when another owner takes over' },
  },
  {
    name: 'counts-lost-by-a-restore',
    invariant: 'beside',
    what: 'a restore that loses records renews the limit of the day',
    edits: [{ in: 'Pacer.constructor', call: 'mergeLarger', becomes: '$1' }],
    noticedBy: { file: PACER_TEST, tests: 'keeps its counts and its pause when a restore loses all its records' },
  },
  {
    name: 'days-of-utc',
    invariant: 'beside',
    what: 'the limit of a day is renewed at midnight of another time zone',
    edits: [{ in: 'countedDay.today', call: 'dayOf', becomes: "dayOf(nowMs, 'UTC')" }],
    noticedBy: { file: PACING_TEST, tests: 'begins anew at midnight in the time zone of the tenant' },
  },
  {
    name: 'a-day-that-comes-back',
    invariant: 'beside',
    what: 'a clock that is set back over midnight changes the day that counts',
    edits: [{ in: 'countedDay.isTomorrow', value: 'false' }],
    noticedBy: { file: PACING_TEST, tests: 'is not renewed by a clock that is set back over midnight' },
  },
  {
    name: 'strangers-under-a-lock',
    invariant: 'beside',
    what: 'messages that begin a chat go out although WhatsApp has locked the account, and prolong the lock',
    edits: [{ in: 'new-chat.ts:isValid', value: '{ return true }' }],
    noticedBy: {
      file: 'runner/src/whatsapp/baileys/send/new-chat.test.ts',
      tests: 'begins a chat while the account has no token of the contact',
    },
  },
]
