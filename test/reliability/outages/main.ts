import { startSandbox } from '../../../sandbox/sandbox.ts'
import { endOfSignals } from '../../../sandbox/demo/signals.ts'
import { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { runCommand } from '../../support/command-options.ts'
import { computeFigures, isFlawless } from '../../support/figures.ts'
import { tellFindings } from '../../support/findings.ts'
import { untilSettled } from '../../support/settled.ts'
import { Traffic } from '../chaos/traffic.ts'
import { nameOf } from './cases.ts'
import { findingsOf } from './judge.ts'
import { HELP, type Options, parseOptions } from './options.ts'
import { runCase } from './run-case.ts'
import { createOutageWorld, SANDBOX } from './world.ts'
import { tell } from '../../support/tell.ts'

const PACE_MS = 2000
const SETTLE_LIMIT_MS = 300_000

/** Runs `npm run prove -- outages`. Resolves with the exit code when the sandbox has stopped. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  tell(`Seed ${options.seed}.`)
  const interrupted = endOfSignals()
  await using sandbox = await startSandbox({ ...SANDBOX, forLong: options.cases.length > 3 })
  return await Promise.race([interrupted, prove(sandbox, options)])
}

async function prove(sandbox: Awaited<ReturnType<typeof startSandbox>>, options: Options): Promise<number> {
  const world = await createOutageWorld(sandbox, options.sessions, tell)
  const { api, ledger, simulator } = world
  // The first sweeps fill the documents that later ones compare with.
  await world.sweep()
  const traffic = new Traffic(world, { paceMs: PACE_MS, random: new SeededRandom(options.seed) })
  traffic.start()
  const findings: string[] = []
  const outages: object[] = []
  for (const [index, outage] of options.cases.entries()) {
    tell(`outage ${index + 1}/${options.cases.length}: ${nameOf(outage.services)}, ${outage.how}`)
    const facts = await runCase(world, outage, options.seconds)
    const found = findingsOf(facts)
    findings.push(...found.map((finding) => `${nameOf(outage.services)}: ${finding}`))
    const { verdicts, opened, recoveries } = facts
    outages.push({
      services: outage.services,
      how: outage.how,
      verdicts,
      alerts: opened,
      recoveries: recoveries.length,
      findings: found,
    })
    for (const finding of found) tell(`  finding: ${finding}`)
    tell(`  verdicts ${verdicts.join(', ')}; alerts ${opened.join(', ') || 'none'}; ${found.length} findings.`)
  }
  await traffic.stop()
  tell(`${ledger.accepted.length} messages were sent, ${ledger.issued.length} received. Waiting until all have settled.`)
  const outcome = await untilSettled({ api, simulator, ledger, limitMs: SETTLE_LIMIT_MS })
  const { figures, findings: lost } = computeFigures(ledger, outcome)
  findings.push(...outcome.missing, ...lost)
  await world.google.close()
  tellFindings(findings, tell)
  const held = isFlawless(figures) && findings.length === 0
  report({ ...figures, outages, seed: options.seed }, held, options)
  return held ? 0 : 1
}

function report(result: object, held: boolean, { json }: Options): void {
  if (json) return void process.stdout.write(`${JSON.stringify(result)}\n`)
  for (const [name, value] of Object.entries(result)) {
    if (name !== 'outages') process.stdout.write(`${name.padEnd(16)} ${String(value)}\n`)
  }
  process.stdout.write(held ? 'It held.\n' : 'It did NOT hold.\n')
}

await runCommand(main)
// The loser of the race may still be running.
process.exit()
