import { randomInt } from 'node:crypto'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file for each port that a process of this machine has been given, and may not use yet. */
const CLAIMS = join(tmpdir(), 'holdfast-ports')

/** A process that was killed leaves its claims. No start takes nearly as long. */
const CLAIMED_FOR_MS = 60 * 60_000

const claimed: string[] = []

/**
 * Finds a free port of the loopback interface, and returns it to no other caller while this process lives: between the answer and the
 * start of a server lie seconds. The port is below the range that systems use for outgoing connections, so that a restarted process finds
 * its port free again.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(15_000, 32_000)
    if (isClaimable(port) && (await isFree(port))) return port
  }
  throw new Error('No free port was found between 15000 and 32000.')
}

/** Claims the port for this process. Returns false when somebody else has it. */
function isClaimable(port: number): boolean {
  mkdirSync(CLAIMS, { recursive: true })
  const file = join(CLAIMS, String(port))
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
  } catch {
    forgetOld(file)
    return false
  }
  if (claimed.length === 0) process.once('exit', () => claimed.forEach((one) => rmSync(one, { force: true })))
  claimed.push(file)
  return true
}

/** Makes a port of a process that was killed available again, to a later call. */
function forgetOld(file: string): void {
  const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
  if (Date.now() - mtimeMs > CLAIMED_FOR_MS) rmSync(file, { force: true })
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  probe.once('error', () => resolve(false))
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  return await promise
}
