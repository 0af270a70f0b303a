/** The heartbeat of runners, and the silence after which one counts as dead, ms. */
export interface FleetTimes {
  readonly heartbeatMs: number
  readonly deadAfterMs: number
}

/** The most sessions that two cores hold with heartbeats of a second, as in a sandbox. */
const FEW = 12

/** Many sessions have the default times: a busy machine must not take a runner for dead that is merely slow. */
export const timesOf = ({ sessions }: { sessions: number }): FleetTimes =>
  sessions <= FEW ? { heartbeatMs: 1_000, deadAfterMs: 4_000 } : { heartbeatMs: 4_000, deadAfterMs: 12_000 }
