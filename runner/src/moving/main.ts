import { openKeyWrapping } from '@holdfast/core/adapters/key-wrapping'
import { openRunnerStores } from '@holdfast/core/adapters/session-stores'
import { isHoldfastError, isStoreTrouble, messageOf } from '@holdfast/core/platform/errors'
import { createLogger } from '@holdfast/core/platform/logging'
import { sessionIdOf, sessionNameOf } from '@holdfast/core/session/ids'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { readRunnerConfig } from '../config.ts'
import { silenceConsole } from '../whatsapp/baileys/patches/console-guard.ts'
import { readDevice } from '../whatsapp/baileys/moving/device-state.ts'
import { accountOf, movedImage } from '../whatsapp/baileys/moving/moved-image.ts'
import { followArrival } from './follow-arrival.ts'
import { findPlace, moveIn, type MoveInDependencies } from './move-in.ts'
import { moveOut } from './move-out.ts'
import { BadOption, type MoveInOptions, type MoveOutOptions, parseOptions, type RebuildOptions, USAGE } from './options.ts'
import { type Rebuilt, rebuildSession, sessionsToRebuild } from './rebuild.ts'
import type { Purged } from './rebuild-purged.ts'
import { refused } from './refused.ts'
import { linesOf, type MoveReport, reportOf } from './report.ts'
import { readSource } from './sources/open-source.ts'

/** sysexits.h's number for a wrong command line. */
const WRONG_USAGE = 64

type Say = (line: string) => void

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options === 'help') {
    process.stdout.write(USAGE)
    return 0
  }
  // With --json, the last line on stdout is the result.
  const say: Say = (line) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`)
  const { exitCode = 0, ...result } = await perform(options, say)
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  return exitCode
}

/** What a command tells. Without an exit code it ended well. */
interface Performed {
  readonly exitCode?: number
  readonly [field: string]: unknown
}

async function perform(options: MoveInOptions | MoveOutOptions | RebuildOptions, say: Say): Promise<Performed> {
  switch (options.verb) {
    case 'in':
      return runIn(options, say)
    case 'out':
      return runOut(options, say)
    case 'rebuild':
      return runRebuild(options, say)
  }
}

async function runRebuild({ tenant, session, isOldOwnerStopped, ...how }: RebuildOptions, say: Say): Promise<Performed> {
  return withStores(async (stores) => {
    const ids = session === null ? await sessionsToRebuild(stores, tenant, how) : [sessionIdOf(tenant, session)]
    if (!isOldOwnerStopped) {
      for (const id of ids) say(`${id} would be rebuilt, unless its tombstone says that it was purged.`)
      say('Nothing was changed. Stop all runners of before, for good, and add --old-owner-is-stopped.')
      return { wouldRebuild: ids, rebuilt: [] }
    }
    const [rebuilt, purged, failed]: [Rebuilt[], Purged[], { session: string; why: string }[]] = [[], [], []]
    for (const [index, id] of ids.entries()) {
      const place = `${index + 1} of ${ids.length}`
      try {
        const one = await rebuildSession(stores, id, how)
        if (one && 'purgedAt' in one) {
          purged.push(one)
          say(`${place}: ${id} was purged (${one.purgedAt}), and is not rebuilt. The next night removes what is left of it.`)
          continue
        }
        if (one) rebuilt.push(one)
        for (const { object, why } of one?.skipped ?? [])
          say(`${place}: ${object} is newer and does not open, so that what only it had is lost. ${why}`)
        if (one) say(`${place}: ${id} was rebuilt from ${one.from}. Start it: POST /api/sessions/${sessionNameOf(id)}/start`)
        else say(`${place}: ${id} was never linked, or was purged, and stays as it is.`)
      } catch (error) {
        // What is wrong with one session keeps no other one away from its phone.
        if (session !== null || !isHoldfastError(error) || isStoreTrouble(error)) throw error
        failed.push({ session: id, why: messageOf(error) })
        say(`${place}: ${id} was not rebuilt. ${messageOf(error)}`)
      }
    }
    return { wouldRebuild: [], rebuilt, purged, failed, exitCode: failed.length > 0 ? 1 : 0 }
  })
}

async function runIn(options: MoveInOptions, say: Say): Promise<{ moved: boolean; state?: string; report: MoveReport }> {
  const { tenant, session: name, start } = options
  const entries = await readSource(options.from, options.sourceSession)
  const creds = options.creds === null ? [] : await readSource(options.creds, options.sourceSession)
  const device = readDevice([...entries, ...creds.filter((entry) => entry.name === 'creds')])
  const image = movedImage(device)
  const account = accountOf(device)
  const report = reportOf(device, image)
  for (const line of linesOf(report)) say(line)
  return withStores(async (stores) => {
    await findPlace(stores, { tenant, name, account })
    if (report.unreadable.length > 0 && !options.withoutUnreadable) {
      throw refused('Some keys cannot be read; their chats may lose messages. Take a newer copy, or add --without-unreadable.')
    }
    if (!options.isOldOwnerStopped) {
      say(
        'Nothing was changed. Stop the program that has the session now, for good, take a last copy, and add --old-owner-is-stopped.',
      )
      return { moved: false, report }
    }
    await moveIn(stores, { tenant, name, account, image, start })
    say(`The session "${name}" is stored and was read back.`)
    const state = start ? await followArrival(stores, { tenant, name }, say) : 'STOPPED'
    return { moved: true, state, report }
  })
}

async function runOut(
  { tenant, session: name, to, again }: MoveOutOptions,
  say: Say,
): Promise<{ kinds: Record<string, number> }> {
  return withStores(async (stores) => {
    const kinds = await moveOut(stores, { tenant, name, folder: to, again })
    say(`The session "${name}" is stopped, and its state is in the folder. Whoever has the folder is that device.`)
    return { kinds }
  })
}

/** @throws HoldfastError `bad-configuration`, and what is wrong with the stores */
async function withStores<Result>(work: (stores: MoveInDependencies) => Promise<Result>): Promise<Result> {
  const { projectId, storage, wrapping, tenantDefaults } = readRunnerConfig()
  const [clock, random] = [systemClock, systemRandom]
  const { wrappingKey, close } = openKeyWrapping(wrapping, { clock, documents: { read: (path) => stores.documents.read(path) } })
  const logger = createLogger('moving', 'silent')
  const onLost = (): void => process.exit(1)
  const runnerId = `moving-${random.bytes(6).toString('hex')}`
  const stores = openRunnerStores({ projectId, storage, wrappingKey, runnerId, clock, logger, onLost })
  try {
    const { report } = await stores.check()
    const [problem] = report.problems
    if (problem) throw refused(`${problem.sentence} ${problem.advice}`)
    return await work({ ...stores, clock, random, logger, wrappingKey, tenantDefaults })
  } finally {
    await stores.close()
    await close()
  }
}

// libsignal prints private keys.
silenceConsole()
try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (error instanceof BadOption) process.exitCode = WRONG_USAGE
  else process.exitCode = 1
  const advice = isHoldfastError(error) && error.advice !== undefined ? ` ${error.advice}` : ''
  process.stderr.write(`${messageOf(error)}${advice}\n`)
}
