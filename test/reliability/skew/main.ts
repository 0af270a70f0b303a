import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endOfSignals } from '../../../sandbox/demo/signals.ts'
import { oneOf, readOptions, runCommand, seedOption } from '../../support/command-options.ts'
import { type Earlier, NoEarlier, unpackEarlier } from './earlier.ts'
import { record } from './record.ts'
import { NAMES, type Paired, type Pairing, PAIRINGS, runPairing } from './pairings.ts'
import { tell } from '../../support/tell.ts'

const HELP = `Runs an earlier version of the product together with this one, while processes die and services go away at random: the earlier runner
with these functions, this runner with the earlier functions, and runners of both versions with these functions.

  npm run prove -- skew --seconds 180 --seed 7

  --base REF      the earlier version (the newest tag before this commit, else the newest commit with other sources)
  --only NAME     one of: ${PAIRINGS.join(', ')}
  --seconds N     the length of the strikes in each pairing, roughly (180)
  --sessions N    sessions, each with a phone and contacts (3)
  --seed N        repeats the strikes of an earlier run (random; printed at the start)
  --record FILE   runs nothing of this version: keeps what the earlier one stores, for test/reliability/skew/earlier-documents.test.ts
  --json          prints the figures as JSON, as the last output on stdout

The earlier version runs with the packages of this one. Where it needs others, or where there is no earlier version, as in a shallow clone,
this version stands for it, and the output says so. A version that --base names, and that cannot be had, is skipped.
Exit codes: 0 if nothing was lost or it was skipped, 1 if not, 2 for a wrong option.
`

async function main(args: readonly string[]): Promise<number> {
  const {
    help,
    json,
    base,
    only,
    record: file,
    seconds,
    sessions,
    seed,
  } = readOptions(args, {
    numbers: {
      seconds: { least: 1, most: 3600, fallback: 180 },
      sessions: { least: 1, most: 20, fallback: 3 },
      seed: seedOption('random'),
    },
    words: ['base', 'only', 'record'],
  })
  const pairings = only === undefined ? PAIRINGS : [oneOf('only', only, PAIRINGS)]
  if (help) {
    process.stdout.write(HELP)
    return 0
  }
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-earlier-'))
  try {
    const earlier = await unpackEarlier(base, folder)
    tell(`Seed ${seed}. The earlier version is ${earlier.commit.slice(0, 12)}.`)
    if (earlier.instead !== null) tell(`This version stands for it: ${earlier.instead}.`)
    const run = async () => {
      if (file !== undefined) {
        tell(`${await record(earlier, file)} documents are in ${file}.`)
        return 0
      }
      const results: [Pairing, Paired][] = []
      for (const pairing of pairings) {
        tell(`${NAMES[pairing]}:`)
        results.push([pairing, await runPairing({ pairing, earlier, seconds, sessions, seed, tell })])
      }
      return report(results, { earlier, seed, json })
    }
    return await Promise.race([endOfSignals(), run()])
  } catch (error) {
    if (!(error instanceof NoEarlier)) throw error
    process.stdout.write(json ? `${JSON.stringify({ skipped: error.message })}\n` : `Skipped: ${error.message}.\n`)
    return 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Run {
  readonly earlier: Earlier
  readonly seed: number
  readonly json: boolean
}

/** Prints the figures. Returns the exit code. */
function report(results: readonly (readonly [Pairing, Paired])[], { earlier, seed, json }: Run): number {
  const total = (figure: 'lost' | 'duplicated' | 'undecryptable' | 'violations') =>
    results.reduce((sum, [, { result }]) => sum + result[figure], 0)
  const figures = {
    lost: total('lost'),
    doubled: total('duplicated'),
    undecryptable: total('undecryptable'),
    violations: total('violations'),
    broken: results.filter(([, { held }]) => !held).length,
    base: earlier.commit,
    instead: earlier.instead,
    seed,
    pairings: Object.fromEntries(
      results.map(([pairing, { held, seconds, result }]) => [pairing, { held, seconds, ...result }] as const),
    ),
  }
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`)
  else {
    for (const [pairing, { held, seconds, result }] of results) {
      const what = `${result.sent} sent, ${result.received} received, ${result.lost} lost, ${result.duplicated} doubled`
      process.stdout.write(`${pairing.padEnd(18)} ${held ? 'held' : 'did NOT hold'} for ${seconds} s: ${what}\n`)
    }
  }
  return figures.broken === 0 ? 0 : 1
}

await runCommand(main)
// The loser of the race may still be running.
process.exit()
