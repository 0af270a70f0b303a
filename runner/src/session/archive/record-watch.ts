import { type CleanUpPlan, type CleanUpPolicy, planCleanUp } from '@holdfast/core/journal/clean-up-plan'
import { countRecords } from '@holdfast/core/journal/count-records'
import { dayOf } from '@holdfast/core/journal/record-books'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { TenantSettings } from '@holdfast/core/operations/tenant-settings'
import type { Clock } from '@holdfast/core/platform/ports'
import { countedTotal, type RecordCounts } from '@holdfast/core/session/record-counts'
import { growthPerDay } from '@holdfast/core/session/record-forecast'
import type { JournaledState } from '../journal/journaled-state.ts'

/** A plan looks at every record, and heartbeats ask every few seconds. */
const PLAN_EVERY_MS = 10 * 60_000

/** Days that the history keeps. */
const DAYS = 30

const { codec: cleanUpCodec } = STATE_KINDS['last-clean-up']
const { codec: historyCodec } = STATE_KINDS['record-history']

interface RecordWatchOptions {
  readonly state: JournaledState
  readonly clock: Pick<Clock, 'now'>
  readonly settings: () => TenantSettings['cleanup']
  /** The users that this device has, by phone number and LID, without a server. */
  readonly ownUsers: () => readonly string[]
}

/** Counts the Signal records of one session, and knows what clean-up would move. */
export class RecordWatch {
  readonly #options
  #planned: { readonly atMs: number; readonly removable: number } | null = null

  constructor(options: RecordWatchOptions) {
    this.#options = options
  }

  /** The numbers for the heartbeat and the session's document. */
  counts(): RecordCounts {
    const { state, clock } = this.#options
    const { image } = state
    const counts = countRecords(image)
    const now = clock.now()
    if (!this.#planned || now - this.#planned.atMs >= PLAN_EVERY_MS) this.#look(counts)
    const noted = image.get('last-clean-up', 'last')
    const last = noted === undefined ? null : cleanUpCodec.decode(noted)
    const growth = growthPerDay(this.#history(), last && dayOf(last.atMs))
    return {
      ...counts,
      removable: this.#planned?.removable ?? 0,
      archived: image.count('archived'),
      lidMappings: Math.floor(image.count('lid-mapping') / 2),
      ...(last === null ? {} : { lastCleanUp: last }),
      ...(growth === null ? {} : { growthPerDay: growth }),
    }
  }

  /** What a clean-up would move now. Notes today for records whose last use nobody noted, so that their age begins. */
  plan(policy: CleanUpPolicy = policyOf(this.#options.settings())): CleanUpPlan {
    const { state, clock, ownUsers } = this.#options
    const today = dayOf(clock.now())
    const users = ownUsers()
    const isOwn = (name: string): boolean => {
      const [, user = '', device = ''] = name.split('::')
      return device !== '0' && users.includes(user.split('_')[0] ?? '')
    }
    const plan = planCleanUp(state.image, policy, today, isOwn)
    const noted = Object.fromEntries(plan.unknown.map((entry) => [entry, String(today)]))
    if (plan.unknown.length > 0) state.later({ 'last-use': noted })
    return plan
  }

  /** Notes a clean-up, for the next one and for the recommendation. */
  cleanedUp(moved: number): void {
    const { state, clock } = this.#options
    const left = countedTotal(countRecords(state.image))
    state.later({ 'last-clean-up': { last: cleanUpCodec.encode({ atMs: clock.now(), moved, left }) } })
    this.#planned = null
  }

  #look(counts: RecordCounts): void {
    const { state, clock } = this.#options
    const nowMs = clock.now()
    this.#planned = { atMs: nowMs, removable: this.plan().records.length }
    const today = dayOf(nowMs)
    const days = this.#history()
    if (days.at(-1)?.day === today) return
    const all = [...days, { day: today, records: countedTotal(counts) }].slice(-DAYS)
    state.later({ 'record-history': { days: historyCodec.encode(all) } })
  }

  #history() {
    const stored = this.#options.state.image.get('record-history', 'days')
    return stored === undefined ? [] : historyCodec.decode(stored)
  }
}

export const policyOf = (settings: TenantSettings['cleanup'], olderThanDays: number | null = null): CleanUpPolicy => ({
  sessionDays: olderThanDays ?? settings.sessionMaxAgeDays,
  senderKeyDays: olderThanDays ?? settings.senderKeyMaxAgeDays,
  maxPreKeys: settings.maxPreKeys,
})
