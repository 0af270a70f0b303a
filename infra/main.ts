import { BadOption } from './command-line.ts'
import { type Options, parseOptions, USAGE } from './options.ts'
import { BadEnvironment } from './environment/environment.ts'
import { readEnvironment } from './environment/environment-file.ts'
import { apply } from './verbs/apply.ts'
import { type Deployment, openDeployment } from './verbs/deployment.ts'
import { destroy } from './verbs/destroy.ts'
import { doctor } from './verbs/doctor.ts'
import { init } from './verbs/init.ts'
import { interruption } from './verbs/interruption.ts'
import { plan } from './verbs/plan.ts'
import { rotate } from './verbs/rotate.ts'
import { roll, type Rolled } from './verbs/roll.ts'
import { cleanRun, holds, pageToday, verifyLive } from './verbs/verify-live.ts'

/** sysexits.h's number for a wrong command line. Two is taken: `plan` ends with it when there is something to change. */
const WRONG_USAGE = 64

/** The shell's number for a program that was stopped by Ctrl-C. */
const STOPPED = 130

/** The shell's number for a program that was ended by Ctrl-C. */
const INTERRUPTED = 130

/** The shell's number for a program whose output nobody reads any more, as behind `| head`. */
const UNREAD = 141

/** The end of a verb: its exit code, and its result for programs. */
interface Result {
  readonly code: number
  readonly json: object
}

async function run(options: Options, say: (line: string) => void): Promise<Result> {
  if (options.verb === 'init') {
    await init(options.file, { say })
    return { code: 0, json: { file: options.file } }
  }
  const environment = readEnvironment(options.file)
  // There, the option names checks, which look at all of it. A rotation knows its resources itself.
  const only = options.verb === 'verify-live' || options.verb === 'rotate' ? '' : options.only
  const deployment = await openDeployment(environment, { ...options, only })
  switch (options.verb) {
    case 'plan': {
      const planned = await plan(deployment, { sessions: options.sessions, isPart: only !== '', say })
      return { code: planned.changes.length === 0 ? 0 : 2, json: planned }
    }
    case 'apply': {
      process.once('SIGINT', () => {
        say('Cut short. What is done stays done; run it again, and it goes on with the rest.')
        process.exit(INTERRUPTED)
      })
      const applied = await apply(deployment, { isPart: only !== '', say })
      return { code: applied.failed + applied.different.length === 0 ? 0 : 1, json: applied }
    }
    case 'roll': {
      const watchMs = environment.rollOut.watchMinutes * 60_000
      const rolled = await roll(deployment, {
        say,
        back: options.back,
        watchMs,
        stop: interruption({ onAgain: () => process.exit(STOPPED) }).signal,
      })
      return { code: codeOf(rolled, options), json: rolled }
    }
    case 'rotate': {
      const rotated = await rotate(deployment, options.secret, { say, finish: options.finish })
      return { code: rotated.end === 'failed' || rotated.end === 'refused' ? 1 : 0, json: rotated }
    }
    case 'doctor': {
      const wrong = await doctor(deployment, say)
      return { code: wrong.length === 0 ? 0 : 1, json: { wrong } }
    }
    case 'verify-live':
      return await verify(deployment, options, say)
    case 'destroy': {
      const destroyed = await destroy(deployment, { say, withData: options.withData })
      return { code: destroyed.failed > 0 || destroyed.refused ? 1 : 0, json: destroyed }
    }
  }
}

function codeOf({ end }: Rolled, { back }: Options): number {
  switch (end) {
    case 'over':
      return 0
    case 'back':
      return back ? 0 : 1
    case 'stopped':
      return STOPPED
    case 'failed':
      return 1
  }
  return end satisfies never
}

async function verify(deployment: Deployment, { only, verify: words }: Options, say: (line: string) => void): Promise<Result> {
  if (words.clean !== undefined) {
    const left = await cleanRun(deployment, words.clean, say)
    return { code: left.length === 0 ? 0 : 1, json: { left } }
  }
  const page = words.to ?? (words.write ? pageToday() : null)
  const report = await verifyLive(deployment, { ...words, only, page, say })
  return { code: report !== null && holds(report) ? 0 : 1, json: report ?? {} }
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options === 'help') {
    process.stdout.write(USAGE)
    return 0
  }
  const output = options.json ? process.stderr : process.stdout
  const { code, json } = await run(options, (line) => void output.write(`${line}\n`))
  if (options.json) process.stdout.write(`${JSON.stringify(json)}\n`)
  return code
}

for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(UNREAD)
  })
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Error)) throw error
  const cause = error.cause instanceof Error ? `\n${error.cause.message}` : ''
  process.stderr.write(`${error.message}${cause}\n`)
  process.exitCode = error instanceof BadOption || error instanceof BadEnvironment ? WRONG_USAGE : 1
}
