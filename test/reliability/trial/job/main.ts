import { setTimeout as pause } from 'node:timers/promises'
import { createGoogleClients, type GoogleClients } from '@holdfast/core/adapters/google/clients'
import { latencyFigures, measureCommits, type Until } from '../../../../infra/verify/commit-latency.ts'
import { storesOfRun } from '../../../../sandbox/real-stores.ts'
import { startSandbox } from '../../../../sandbox/sandbox.ts'
import { BadOption } from '../../../support/command-options.ts'
import { runChaos } from '../../chaos/chaos.ts'
import { sandboxOf } from '../../chaos/sandbox-of.ts'
import { createWorld } from '../../chaos/world.ts'
import { HELP, type Options, parseOptions } from './options.ts'

/** Google tells all its parts of new rights within two minutes, and mostly sooner. */
const RIGHTS_WITHIN_MS = 5 * 60_000
const ASK_AGAIN_MS = 3000

const startedAt = performance.now()

function tell(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)
  process.stderr.write(`${seconds}  ${line}\n`)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args)
  if (options === 'help') return void process.stdout.write(HELP)
  const { project, database, bucket } = storesOfRun(options.stores)
  const clients = createGoogleClients({ projectId: project, databaseId: database, bucket })
  try {
    await untilAllowed(clients)
    const result = { v: 1, what: options.what, ...(await resultOf(clients, options)) }
    await clients.objects.create(`trial/${options.what}.json`, Buffer.from(JSON.stringify(result)))
    process.stdout.write(`${JSON.stringify(result)}\n`)
  } finally {
    await clients.close()
  }
}

/** What went wrong is a result, too: the person who waits for it reads it there. */
async function resultOf(clients: GoogleClients, { what, stores, chaos: options }: Options): Promise<object> {
  try {
    if (what === 'latency') return latencyFigures(await measureCommits(clients.documents, 'latency-in-region', until))
    tell(`Seed ${options.seed}.`)
    await using sandbox = await startSandbox({ ...sandboxOf(options), stores })
    const { held, result } = await runChaos(await createWorld(sandbox, options, tell), options)
    return { held, ...result }
  } catch (error) {
    tell(messageOf(error))
    return { held: false, error: messageOf(error).split('\n')[0] }
  }
}

/** Waits until the account of this process may use what was made a moment ago. */
async function untilAllowed({ documents, objects }: GoogleClients): Promise<void> {
  await until('the right to use the database and the bucket', RIGHTS_WITHIN_MS, async () => {
    try {
      await documents.commit([{ kind: 'merge', path: 'trial/allowed', fields: {} }])
      await objects.list('trial/')
      return true
    } catch (error) {
      tell(`Not yet: ${messageOf(error)}`)
      return null
    }
  })
}

const until: Until = async (what, limitMs, ask) => {
  for (const deadline = performance.now() + limitMs; ;) {
    const answer = await ask()
    if (answer !== null) return answer
    if (performance.now() > deadline) throw new Error(`Waited ${limitMs / 1000} s in vain for ${what}.`)
    await pause(ASK_AGAIN_MS)
  }
}

try {
  await main(process.argv.slice(2))
  process.exit()
} catch (error) {
  tell(messageOf(error))
  process.exit(error instanceof BadOption ? 2 : 1)
}
