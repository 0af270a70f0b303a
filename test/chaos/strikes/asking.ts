import { setTimeout as pause } from 'node:timers/promises'
import type { World } from '../world.ts'

export interface HealthSaid {
  asked: number
  /** By what `status` said. */
  said: Record<string, number>
  unanswered: number
}

interface Asking {
  signal: AbortSignal
  said: HealthSaid
  findings: string[]
  /** From then on the health check may not say that all is well. */
  mustBeDegradedAfterMs: number
}

const EVERY_MS = 500

/** Asks the API for what people look at while things are broken: its health above all, and sessions and messages. */
export async function askAround(world: World, asking: Asking): Promise<void> {
  const { api, sessions } = world
  const startedAt = performance.now()
  const name = sessions[0]?.name ?? ''
  const routes = [
    () => api.once(`/api/sessions`),
    () => api.once(`/api/sessions/${name}`),
    () => api.once(`/api/${name}/messages?limit=10`),
  ]
  await Promise.all([
    repeat(asking.signal, () => askHealth(world, asking, startedAt)),
    // What they answer is judged where it is heard.
    ...routes.map((ask) => repeat(asking.signal, () => ask().then(ignore, ignore))),
  ])
}

const ignore = (): void => {}

async function repeat(signal: AbortSignal, ask: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await ask()
    await pause(EVERY_MS)
  }
}

async function askHealth({ api }: World, asking: Asking, startedAt: number): Promise<void> {
  const { said, findings, signal } = asking
  const askedAfterMs = performance.now() - startedAt
  said.asked++
  try {
    const { status } = await api.health()
    said.said[status] = (said.said[status] ?? 0) + 1
    if (status !== 'healthy' || signal.aborted || askedAfterMs < asking.mustBeDegradedAfterMs) return
    findings.push(`/health said "healthy" ${Math.round(askedAfterMs / 1000)} s after the store was taken away`)
  } catch (error) {
    said.unanswered++
    findings.push(`/health: ${error instanceof Error ? error.message : String(error)}`)
  }
}
