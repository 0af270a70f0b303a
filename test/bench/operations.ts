import { setTimeout as pause } from 'node:timers/promises'
import { CountedApi } from './counted-api.ts'
import { per, sum } from './costs.ts'
import type { Clients } from './product.ts'
import { beyond, during, type Window } from './runner-window.ts'
import type { Chat } from './subject.ts'
import type { BenchWorld } from './world.ts'

/**
 * Measures the operations per sent message (of the API and the runner), per received message, and per idle session and hour. The
 * operations of a runner without sessions (its heartbeat and its search for sessions) are measured first and subtracted.
 */
export async function measureOperations(
  world: BenchWorld,
  clients: Clients,
  /** `online` is the number of sessions on the runner. */
  options: { chats: readonly Chat[]; online: number; messages: number; idleMs: number; empty: Window },
) {
  const { chats, online, messages, idleMs, empty } = options
  const total = chats.length * messages
  const phones = chats.map(({ phone }) => phone)
  const idle = await during(clients, () => pause(idleMs))
  const sent = await during(clients, async () => {
    const acked = world.span('acked', phones, total)
    for (let index = 0; index < messages; index++) {
      await Promise.all(
        chats.map(({ name, contact }) =>
          world.api.sendText({
            session: name,
            chatId: `${contact}@c.us`,
            text: `To be counted ${index}`,
            idempotencyKey: `counted-${name}-${index}`,
          }),
        ),
      )
    }
    await acked
    // The contact's delivery receipts belong to the message.
    await pause(2000)
  })
  const received = await during(clients, async () => {
    const receipts = world.span('receipt', phones, total)
    for (const { contact, phone } of chats) await world.simulator.sendManyAsContact(contact, phone, 'To be counted {n}', messages)
    await receipts
    await pause(2000)
  })
  const api = await CountedApi.open(clients)
  const perRequest = await api.count(chats.length, async () => {
    for (const { contact } of chats) await api.accept(contact)
  })
  return {
    idle,
    perSent: sum(per(beyond(idle, sent), total), perRequest),
    perReceived: per(beyond(idle, received), total),
    perIdleSessionHour: per(beyond(empty, idle), online * idle.hours),
    perIdleRunnerHour: per(empty.operations, empty.hours),
  }
}

/** Measures a runner without sessions. */
export const measureEmpty = (clients: Clients, ms: number): Promise<Window> => during(clients, () => pause(ms))
