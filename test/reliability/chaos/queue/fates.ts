import { inParallel } from '@holdfast/core/platform/in-parallel'
import { setTimeout as pause } from 'node:timers/promises'
import type { Message } from '@holdfast/client/types'
import type { ApiClient } from '../../../support/api-client.ts'
import type { Accepted, Ledger } from '../../../support/figures.ts'
import type { SimulatorState } from '../../../support/simulator-client.ts'
import { faultsOfTimeline } from './timeline.ts'

const LOOK_EVERY_MS = 500
const AT_ONCE = 8

/** The ends of messages, as the API shows them. */
export interface Ends {
  /** Canceled with success: never sent. */
  canceled: number
  /** A cancel of these was refused: sent. */
  cancelsRefused: number
  /** Failed by their `expiresAt`: never sent. */
  expired: number
  /** Failed, and retried by hand since. */
  retried: number
  /** Sent by another session of their pool than the first one. */
  moved: number
  /** Had more than one attempt. */
  attemptedAgain: number
}

/** The messages that need not arrive. All others are in the ledger. */
export class Fates {
  /** Their cancel was answered with success. */
  readonly canceled: Accepted[] = []
  /** They are sent, or fail by their `expiresAt`. */
  readonly expiring: Accepted[] = []
  cancelsRefused = 0
  /** The number of accepted messages of each kind. */
  readonly kinds: Record<string, number> = {}

  count(kind: string): void {
    this.kinds[kind] = (this.kinds[kind] ?? 0) + 1
  }

  /** Waits until these messages have come to an end. Returns those that have not within the limit. */
  async untilEnded(api: ApiClient, limitMs: number): Promise<string[]> {
    const deadline = performance.now() + limitMs
    for (;;) {
      const missing: string[] = []
      await inParallel(AT_ONCE, [...this.canceled, ...this.expiring], async ({ jobId }) => {
        const { status } = await api.message(jobId)
        if (status === 'pending' || status === 'processing') missing.push(`job ${jobId} is ${status}`)
      })
      if (missing.length === 0 || performance.now() > deadline) return missing
      await pause(LOOK_EVERY_MS)
    }
  }

  /** Looks at the end of every message of the run. */
  async judge(api: ApiClient, ledger: Ledger, { contacts }: SimulatorState): Promise<{ ends: Ends; findings: string[] }> {
    const ends: Ends = { canceled: 0, cancelsRefused: this.cancelsRefused, expired: 0, retried: 0, moved: 0, attemptedAgain: 0 }
    const findings: string[] = []
    const arrived = new Set(contacts.flatMap(({ received }) => received.map(({ id }) => id)))
    const canceled = new Set(this.canceled)
    const expiring = new Set(this.expiring)
    await inParallel(AT_ONCE, [...ledger.accepted, ...canceled, ...expiring], async (row) => {
      const message = await api.message(row.jobId)
      const find = (what: string) => findings.push(`${what}: ${row.messageId}, job ${row.jobId}`)
      for (const fault of faultsOfTimeline(message)) find(`a message ${fault}`)
      const isCanceled = canceled.has(row)
      const hasExpired = expiring.has(row) && message.error?.code === 'expired'
      if (isCanceled !== (message.status === 'canceled'))
        find(`a message is ${message.status} and its cancel was ${said(isCanceled)}`)
      if ((isCanceled || hasExpired) && arrived.has(row.messageId)) find(`a message is ${message.status} and with its contact`)
      if (expiring.has(row) && !hasExpired && !arrived.has(row.messageId))
        find(`a message is ${message.status} and not with its contact`)
      note(ends, message, { isCanceled, hasExpired })
    })
    return { ends, findings }
  }
}

const said = (isCanceled: boolean): string => (isCanceled ? 'answered with success' : 'refused, or never asked for')

function note(
  ends: Ends,
  { timeline, attempts }: Message,
  { isCanceled, hasExpired }: { isCanceled: boolean; hasExpired: boolean },
) {
  if (isCanceled) ends.canceled++
  if (hasExpired) ends.expired++
  if (timeline.some(({ why }) => why === 'retried')) ends.retried++
  if (timeline.some(({ by }) => by === 'failover')) ends.moved++
  if (attempts > 1) ends.attemptedAgain++
}
