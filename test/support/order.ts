import type { Accepted } from './figures.ts'
import type { SimulatorState } from './simulator-client.ts'

/** An accepted message with the times of its request, ms. Messages whose requests overlap may arrive in either order. */
export interface TimedAccepted extends Accepted {
  askedAt: number
  acceptedAt: number
}

const isTimed = (message: Accepted): message is TimedAccepted => message.askedAt !== undefined && message.acceptedAt !== undefined

/** Returns a sentence for each message that a contact read before one of the same chat that the API had accepted earlier. Pure. */
export function reorderedMessages(all: readonly Accepted[], { contacts }: Pick<SimulatorState, 'contacts'>): string[] {
  const findings: string[] = []
  const accepted = all.filter(isTimed)
  for (const { phone, received } of contacts) {
    const places = new Map(received.map(({ id }, place) => [id, place]))
    const own = accepted.filter(({ contact, messageId }) => contact === phone && places.has(messageId))
    for (const chat of Map.groupBy(own, ({ session }) => session).values()) {
      const arrived = chat.toSorted((one, other) => (places.get(one.messageId) ?? 0) - (places.get(other.messageId) ?? 0))
      let lastAsked: TimedAccepted | undefined
      for (const message of arrived) {
        if (lastAsked && message.acceptedAt < lastAsked.askedAt)
          findings.push(
            `reordered: ${lastAsked.messageId} arrived before ${message.messageId}, which was accepted earlier (${phone})`,
          )
        if (!lastAsked || message.askedAt > lastAsked.askedAt) lastAsked = message
      }
    }
  }
  return findings
}
