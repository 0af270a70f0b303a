import type { Recommendation } from './recommendations.ts'
import type { Snapshot } from './snapshot.ts'

/** What `health --json` prints. Programs read it: fields may be added, and none changes its meaning. Pure. */
export function healthDocument({ health, fleet, tenants, alerts }: Snapshot, recommendations: readonly Recommendation[]) {
  const rooms = new Map((fleet?.runners ?? []).map(({ id, capacity }) => [id, capacity]))
  return {
    status: health.status,
    problems: health.problems,
    version: health.version,
    availability: health.availability,
    runners:
      health.runners?.map(({ id, state, sessions, cpu, memory, silentForMs, version }) => ({
        id,
        state,
        sessions,
        capacity: rooms.get(id) ?? null,
        cpu,
        memory: memory.percentage,
        silentForMs,
        version,
      })) ?? null,
    tenants: tenants.map(({ tenant, sessions, queue }) => ({ tenant, sessions, queue })),
    alerts: {
      open: alerts.filter(({ state }) => state === 'open').length,
      acknowledged: alerts.filter(({ state }) => state === 'acknowledged').length,
    },
    recommendations,
  }
}
