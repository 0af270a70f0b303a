import type { Deadline } from '@holdfast/core/platform/deadlines'
import { EXIT } from '@holdfast/core/platform/exit-codes'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { RunningServer } from './start-server.ts'

/** The server leaves within this time. Cloud Run kills a container 10 s after SIGTERM. */
export const END_WITHIN_MS = 8000

/** Most of the time belongs to the requests under way. */
const PLAN = { requests: 7000, clients: 1000 } as const

interface Ending {
  readonly why: NodeJS.Signals
  readonly server: RunningServer
  /** Closes what the requests worked with. */
  readonly close: () => Promise<void>
  readonly deadline: Deadline
  readonly clock: Clock
  readonly logger: Logger
}

/** Lets the requests under way finish, closes everything, and returns the exit code. Never rejects, and ends at the deadline. */
export async function endServer({ why, server, close, deadline, clock, logger }: Ending): Promise<number> {
  const startedAt = clock.monotonic()
  const requests = server.underWay
  logger.info({ why, requests }, `Leaving because of ${why}: ${requests} request(s) under way.`)
  const cut = await server.close(deadline.forStep(PLAN, 'requests'))
  await deadline
    .forStep(PLAN, 'clients')
    .wait(close().catch((error: unknown) => logger.warn({ error }, 'A client did not close.')))
  const exitCode = cut === 0 ? EXIT.leftInOrder : EXIT.leftInDisorder
  const tookMs = Math.round(clock.monotonic() - startedAt)
  const figures = { why, requests, cut, tookMs, exitCode }
  if (cut === 0) logger.info(figures, `Left in order after ${tookMs} ms.`)
  else logger.error(figures, `${cut} request(s) did not finish in time and were cut off.`)
  return exitCode
}
