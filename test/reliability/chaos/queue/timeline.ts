import type { Message } from '@holdfast/client/types'

type Entry = Pick<Message['timeline'][number], 'status' | 'why'>

const RECEIVED: readonly string[] = ['sent', 'delivered', 'read']

/**
 * Returns what is wrong with the life of a message: it comes to one end. Only a retry by hand takes a failure back, or WhatsApp, when it
 * turns out to have the message. Pure.
 */
export function faultsOfTimeline({ status, timeline }: { status: string; timeline: readonly Entry[] }): string[] {
  const faults: string[] = []
  for (const [index, { status: next, why }] of timeline.entries()) {
    const before = timeline[index - 1]?.status
    if (before === 'canceled') faults.push(`is ${next} after it was canceled`)
    if (before === 'failed' && why !== 'retried' && next !== 'sent') faults.push(`is ${next} after it had failed`)
    if (before !== undefined && RECEIVED.includes(before) && RECEIVED.indexOf(next) <= RECEIVED.indexOf(before))
      faults.push(`is ${next} after it was ${before}`)
  }
  const last = timeline.at(-1)?.status
  if (last !== status) faults.push(`is ${status}, and its timeline ends with ${last}`)
  return faults
}
