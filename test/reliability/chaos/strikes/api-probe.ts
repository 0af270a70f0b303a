import { setTimeout as pause } from 'node:timers/promises'
import type { World } from '../world.ts'

export interface HealthAnswers {
  asked: number
  /** The number of answers by their `status`. */
  said: Record<string, number>
  unanswered: number
}

interface ApiProbe {
  signal: AbortSignal
  answers: HealthAnswers
  /** From this time on, counted from the start of the outage, the status `healthy` is a finding. */
  mustBeDegradedAfterMs: number
}

const EVERY_MS = 500

interface Observations {
  tooHealthy: number
  troubles: string[]
}

/**
 * Requests the health, the sessions and the messages from the API during an outage, as an operator would. Resolves soon after the
 * signal with the findings about the health check. `Answers` judges the other answers.
 */
export async function probeApi(world: World, probe: ApiProbe): Promise<string[]> {
  const { api, sessions } = world
  const startedAt = performance.now()
  const name = sessions[0]?.name ?? ''
  const routes = [
    () => api.once(`/api/sessions`),
    () => api.once(`/api/sessions/${name}`),
    () => api.once(`/api/${name}/messages?limit=10`),
  ]
  const observed: Observations = { tooHealthy: 0, troubles: [] }
  await Promise.all([
    repeat(probe.signal, () => askHealth(world, probe, startedAt, observed)),
    ...routes.map((ask) => repeat(probe.signal, () => ask().then(ignore, ignore))),
  ])
  return findingsOf(observed, probe)
}

const ignore = (): void => {}

async function repeat(signal: AbortSignal, ask: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await ask()
    await pause(EVERY_MS)
  }
}

async function askHealth({ api }: World, probe: ApiProbe, startedAt: number, observed: Observations): Promise<void> {
  const { answers, signal, mustBeDegradedAfterMs } = probe
  const askedAfterMs = performance.now() - startedAt
  answers.asked++
  try {
    const { status } = await api.health()
    answers.said[status] = (answers.said[status] ?? 0) + 1
    if (status === 'healthy' && !signal.aborted && askedAfterMs >= mustBeDegradedAfterMs) observed.tooHealthy++
  } catch (error) {
    answers.unanswered++
    observed.troubles.push(error instanceof Error ? error.message : String(error))
  }
}

function findingsOf({ tooHealthy, troubles }: Observations, { mustBeDegradedAfterMs }: ApiProbe): string[] {
  const seconds = Math.round(mustBeDegradedAfterMs / 1000)
  return [
    ...(tooHealthy > 0 ? [`/health said "healthy" ${tooHealthy} times, later than ${seconds} s after the outage began`] : []),
    ...(troubles.length > 0 ? [`/health gave no answer ${troubles.length} times, first: ${troubles[0]}`] : []),
  ]
}
