import { relative, resolve } from 'node:path'
import { BadOption, readWords } from './command-line.ts'
import { type Buildable, buildUnit } from './units/build-unit.ts'
import { BUILT, CLI, TRIAL, UNITS } from './units/repository.ts'
import { BuildStamp, sourceHash } from './units/source-hash.ts'

const USAGE = `Builds what is deployed, in infra/build.

  npm run build                  all units
  npm run build -- functions     the bundle for Cloud Functions
  npm run build -- runner        the context of the runner's image: docker build infra/build/runner
  npm run build -- server        the API as a server, and the context of its image: docker build infra/build/server
  npm run build -- trial         the context of an image for one check of verify-live, which is deployed nowhere else
  npm run build -- cli           the command line: npm pack ./infra/build/cli

  --if-changed                   leaves a unit alone when its sources have not changed since it was built
  --out DIR                      another folder for the units
`

const OPTIONS = {
  'if-changed': { type: 'boolean' },
  out: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Runs `npm run build`: builds the named units, and prints a line for each. */
async function main(args: readonly string[]): Promise<void> {
  const { units, ifChanged, parent, help } = parseOptions(args)
  if (help) {
    process.stdout.write(USAGE)
    return
  }
  const hash = sourceHash()
  for (const unit of units) {
    // The stamp knows the sources of what is deployed.
    const stamp = unit === TRIAL || unit === CLI ? null : new BuildStamp(unit, parent)
    if (ifChanged && stamp?.names(hash)) continue
    const startedAt = performance.now()
    const { folder, packages } = await buildUnit(unit, parent)
    stamp?.write(hash)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    process.stdout.write(`${unit}: ${relative(process.cwd(), folder)}, ${packages} packages (${seconds} s)\n`)
  }
}

/** @throws BadOption, with a message for the person who typed it. */
function parseOptions(args: readonly string[]) {
  const { values, positionals } = readWords({ args: [...args], allowPositionals: true, options: OPTIONS })
  const { 'if-changed': ifChanged = false, out, help = false } = values
  return { units: unitsOf(positionals), ifChanged, parent: out === undefined ? BUILT : resolve(out), help }
}

function unitsOf([word = 'all', ...rest]: readonly string[]): readonly Buildable[] {
  if ((word === TRIAL || word === CLI) && rest.length === 0) return [word]
  const units = UNITS.filter((unit) => word === 'all' || word === unit)
  if (units.length === 0 || rest.length > 0)
    throw new BadOption('The unit is `functions`, `runner`, `server`, `trial`, `cli` or `all`.')
  return units
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = error instanceof BadOption ? 2 : 1
}
