import type { ReceivedMessage } from '@holdfast/client/types'
import { expect } from 'vitest'
import { type Chat, type EngineWorld, eventually } from '../support/engine-world.ts'
import { requestJson } from '../support/json-request.ts'

/** What a phone has had before it is linked, and changes of its app state: how tests see them on both sides. */

interface PastMessage {
  id: string
  chat: string
  fromMe: boolean
  participant?: string
  text: string
}

interface PeerMessage {
  id: string
  kind: string
  syncType?: string
  receipts: string[]
  downloads: number
}

const toSimulator = <Answer>(world: EngineWorld, path: string): Promise<Answer> =>
  requestJson<Answer>(`${world.simulator.url}${path}`, { method: 'GET' })

/** Returns every message of the phone's history, sorted by id. */
export async function pastOf(world: EngineWorld, chat: Chat): Promise<PastMessage[]> {
  const { chunks } = await toSimulator<{ chunks: { messages: PastMessage[] }[] }>(world, `/phones/${chat.phone}/history`)
  return chunks.flatMap(({ messages }) => messages).sort((a, b) => (a.id < b.id ? -1 : 1))
}

export const peerMessages = async (world: EngineWorld, chat: Chat): Promise<PeerMessage[]> => {
  const { accounts } = await toSimulator<{ accounts: { peerMessages: PeerMessage[] }[] }>(world, `/state?phone=${chat.phone}`)
  return accounts[0]?.peerMessages ?? []
}

export const byId = (a: ReceivedMessage, b: ReceivedMessage): number => ((a.id ?? '') < (b.id ?? '') ? -1 : 1)

/** Resolves when the API lists every message of the history once, as the phone has it. */
export async function untilPastIsStored(
  world: EngineWorld,
  chat: Chat,
  besides: readonly string[] = [],
): Promise<ReceivedMessage[]> {
  const past = await pastOf(world, chat)
  expect(past.length).toBeGreaterThan(0)
  return eventually(async () => {
    const listed = await world.api.storedMessages(chat.name)
    const fromPast = listed.filter(({ id }) => !besides.includes(id ?? '')).sort(byId)
    expect(fromPast.map(({ id }) => id)).toEqual(past.map(({ id }) => id))
    return listed
  }, 90_000)
}

export const info = async (world: EngineWorld, chat: Chat) => {
  const response = await world.sandbox.api(`/api/sessions/${chat.name}/info`)
  return (await response.json()) as { session: { records: Record<string, number> } }
}

export const record = async (world: EngineWorld, chat: Chat, kind: string): Promise<number> =>
  (await info(world, chat)).session.records[kind] ?? 0

export const PAST = { chats: 3, groups: 2, bootstrap: 2, recent: 18, older: 12, recentChunks: 3, fullChunks: 2 }

export const phoneChanges = (world: EngineWorld, chat: Chat, json: object) => world.post(`/phones/${chat.phone}/app-state`, json)

/** Resolves when no part of the app state is left to fetch. */
export const untilSynced = (world: EngineWorld, chat: Chat) =>
  eventually(async () => {
    expect(await record(world, chat, 'app-state-sync-version')).toBeGreaterThan(0)
    expect(await record(world, chat, 'app-state-pending')).toBeLessThan(5)
  })

export const mappings = (world: EngineWorld, chat: Chat) => record(world, chat, 'lid-mapping')
