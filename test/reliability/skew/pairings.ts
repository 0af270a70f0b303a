import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts'
import { SOURCES, type Product } from '../../../sandbox/product.ts'
import { runChaos, type Chaos } from '../chaos/chaos.ts'
import { parseOptions as chaosOptions } from '../chaos/options.ts'
import { sandboxOf } from '../chaos/sandbox-of.ts'
import { createWorld } from '../chaos/world.ts'
import type { Earlier } from './earlier.ts'

export const PAIRINGS = ['earlier-runner', 'earlier-functions', 'both-runners'] as const
export type Pairing = (typeof PAIRINGS)[number]

/** What runs in a pairing, for people. */
export const NAMES: Readonly<Record<Pairing, string>> = {
  'earlier-runner': 'the earlier runner with these functions',
  'earlier-functions': 'this runner with the earlier functions',
  'both-runners': 'runners of both versions with these functions, which hand sessions to each other',
}

export interface PairingOptions {
  readonly pairing: Pairing
  readonly earlier: Earlier
  readonly seconds: number
  readonly sessions: number
  readonly seed: number
  readonly tell: (line: string) => void
}

export interface Paired extends Chaos {
  readonly seconds: number
}

/** The least time from one strike to the next, recovery included, as measured over a run. */
const STRIKE_EVERY_S = 5

/** Lets random deaths and outages strike two versions that work together. */
export async function runPairing(options: PairingOptions): Promise<Paired> {
  const { pairing, earlier, tell } = options
  const startedAt = performance.now()
  const chaos = chaosOf(options)
  await using sandbox = await startSandbox({ ...sandboxOf(chaos), product: productOf(pairing, earlier.product) })
  // Of two runners, one is of each version.
  if (pairing === 'both-runners') await sandbox.addRunner({}, earlier.product)
  await untilAtWork(sandbox)
  const world = await createWorld(sandbox, chaos, tell)
  const ended = await runChaos(world, chaos)
  return { ...ended, seconds: Math.round((performance.now() - startedAt) / 1000) }
}

function chaosOf({ earlier, seconds, sessions, seed }: PairingOptions) {
  const kills = Math.max(1, Math.round(seconds / STRIKE_EVERY_S))
  const troubles = earlier.hasQueue ? 'queue,groups' : 'groups'
  const strikes = `--what mixed --kills ${kills} --with ${troubles} --sessions ${sessions} --seed ${seed}`
  return chaosOptions(strikes.split(' '))
}

function productOf(pairing: Pairing, earlier: Product): Product {
  switch (pairing) {
    case 'earlier-runner':
      return { ...earlier, functionsEntry: SOURCES.functionsEntry }
    case 'earlier-functions':
      return { ...SOURCES, functionsEntry: earlier.functionsEntry }
    case 'both-runners':
      return SOURCES
  }
  return pairing satisfies never
}

/** Resolves when the API, of whichever version, shows every runner. */
async function untilAtWork(sandbox: Sandbox): Promise<void> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const { runners } = (await (await sandbox.api('/health')).json()) as { runners: readonly object[] | null }
    if (runners?.length === sandbox.runners().length) return
    if (performance.now() > deadline) throw new Error('Not all runners have come to work.')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
