import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { ApiClient } from './api-client.ts'

const LIMIT_MS = 30_000
const LOOK_EVERY_MS = 100

/** Returns the slot whose process owns the session. The API names the owner by the id that the process chose and logged. */
export async function slotOf(sandbox: Sandbox, api: ApiClient, session: string): Promise<string> {
  const slots = sandbox.runners().map(({ name }) => name)
  const [only] = slots
  if (only !== undefined && slots.length === 1) return only
  const deadline = performance.now() + LIMIT_MS
  for (;;) {
    const { owner, sentence } = await api.session(session)
    if (owner.runnerId !== null) {
      for (const slot of slots) if ((await runnerIdOf(sandbox, slot)) === owner.runnerId) return slot
    }
    // The session is between two owners, or its owner was killed and another process runs in the slot.
    if (performance.now() > deadline) throw new Error(`No runner owns ${session}: ${sentence}`)
    await pause(LOOK_EVERY_MS)
  }
}

/** Whether the process of another slot owns the session at this moment. */
export async function isOwnedElsewhere(sandbox: Sandbox, api: ApiClient, session: string, slot: string): Promise<boolean> {
  const others = sandbox.runners().filter(({ name }) => name !== slot)
  const ids = await Promise.all(others.map(({ name }) => runnerIdOf(sandbox, name)))
  const { owner } = await api.session(session)
  return owner.runnerId !== null && ids.includes(owner.runnerId)
}

/** Returns the runner id of the current process of a slot: the last id in its log. */
async function runnerIdOf(sandbox: Sandbox, slot: string): Promise<string | undefined> {
  const log = await readFile(join(sandbox.folder, 'logs', `${slot}.log`), 'utf8')
  return [...log.matchAll(/"runner":"(runner-[0-9a-f]+)"/g)].at(-1)?.[1]
}
