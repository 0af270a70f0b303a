import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Finds a free port of the loopback interface. The port is below the range that systems use for outgoing connections, so that a
 * restarted process finds its port free again.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(15_000, 32_000)
    if (await isFree(port)) return port
  }
  throw new Error('No free port was found between 15000 and 32000.')
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  probe.once('error', () => resolve(false))
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  return await promise
}
