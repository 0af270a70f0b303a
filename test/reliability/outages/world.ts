import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import type { SandboxOptions } from '../../../sandbox/options.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { clientsOf } from '../../support/clients-of-sandbox.ts'
import { createWorld, type World } from '../chaos/world.ts'

/** Two runners, so that each can tell its own trouble from the fleet's. */
export const SANDBOX: SandboxOptions = {
  runners: 2,
  proxied: true,
  runnerNetworks: true,
  movableClock: true,
  // The run calls the sweep itself, each minute of the moved clock.
  schedules: false,
  // Checkpoints within seconds, so that Cloud Storage is missed when it is away.
  // On a busy machine a runner that is late must not count as dead: that would spend a life of its sessions.
  runnerEnv: { CHECKPOINT_RECORDS: '16', RUNNER_DEAD_AFTER_MS: '12000' },
}

export interface OutageWorld extends World {
  /** Clients that reach the stores whatever is cut. */
  readonly google: GoogleClients
  /** Calls the sweep, unless a call is under way. Never rejects. */
  sweep(): Promise<void>
}

export async function createOutageWorld(sandbox: Sandbox, sessions: number, tell: (line: string) => void): Promise<OutageWorld> {
  const world = await createWorld(sandbox, { sessions, what: 'outage', troubles: [] }, tell)
  let sweeping: Promise<void> | null = null
  const sweep = async (): Promise<void> => {
    sweeping ??= sandbox
      .fireSchedule('sweep')
      .catch(() => {})
      .finally(() => {
        sweeping = null
      })
    await sweeping
  }
  return { ...world, google: clientsOf(sandbox.info), sweep }
}
