import { setTimeout as pause } from 'node:timers/promises'
import type { KindsChat, KindsSession } from './chat.ts'
import type { Listed } from './judge.ts'
import type { PatientApi } from './patient-api.ts'

const PAGE = 1000
const LOOK_EVERY_MS = 2_000
const FETCHED_WITHIN_MS = 240_000

/** All messages that the API lists of a chat. */
export async function listOf({ name, api }: KindsSession, { chatId }: KindsChat): Promise<Listed[]> {
  const all: Listed[] = []
  for (;;) {
    const path = `/api/${name}/chats/${encodeURIComponent(chatId)}/messages?limit=${PAGE}&offset=${all.length}`
    const page = (await api.done('GET', path)) as Listed[]
    all.push(...page)
    if (page.length < PAGE) return all
  }
}

/** A file that the owner still fetches is asked for again. */
export async function fileAt(api: PatientApi, url: string): Promise<Uint8Array | string> {
  const deadline = performance.now() + FETCHED_WITHIN_MS
  for (;;) {
    const answer = await api.bytes(url).catch(String)
    if (typeof answer !== 'string' || answer.startsWith('4') || performance.now() > deadline) return answer
    await pause(LOOK_EVERY_MS)
  }
}
