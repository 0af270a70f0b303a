import type { Ledger, Outcome } from '../../../support/figures.ts'

/**
 * Leaves out the refusals of messages that the session has in the end. As every client of WhatsApp does, it refuses a message in a Signal
 * session that it has given up, asks the sender for it, and reads what that one sends then.
 */
export function withoutAskedAgain(outcome: Outcome, { issued }: Pick<Ledger, 'issued'>): Outcome {
  const read = new Set(
    [...outcome.stored.values()].flatMap((rows) => rows.flatMap(({ id, body }) => (body === null ? [] : [id]))),
  )
  const ids = issued.map(({ id }) => id).filter((id) => read.has(id))
  const isAskedAgain = ({ kind, detail }: Outcome['state']['violations'][number]): boolean =>
    kind === 'nack' && detail.endsWith(' with error 500') && ids.some((id) => detail.includes(` message ${id} `))
  const violations = outcome.state.violations.filter((violation) => !isAskedAgain(violation))
  return { ...outcome, state: { ...outcome.state, violations } }
}
