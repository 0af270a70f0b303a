import { readOptions, runCommand } from '../../support/command-options.ts'
import { findProgram } from '../../support/find-program.ts'
import { prove } from './run.ts'

const HELP = `Builds the image with which verify-live runs chaos and measures latency beside a deployment, and runs both as the job does: as process 1,
without a shell, on a read-only root. Emulator and stand-in take the place of the database and the bucket that are made for a run. Nothing
may come into the deployment's database.

  npm run prove -- trial

  --kills N           kills (5)
  --sessions N        sessions (2)
  --json              prints the figures as JSON, as the last output on stdout

Needs buildah and root, and a registry of npm. The bases are made from this machine. Where buildah is missing it says that it was skipped.
Exit codes: 0 if all of it held or was skipped, 1 if not, 2 for a wrong option.
`

async function main(args: readonly string[]): Promise<number> {
  const { help, json, kills, sessions } = readOptions(args, {
    numbers: { kills: { least: 1, most: 1000, fallback: 5 }, sessions: { least: 1, most: 20, fallback: 2 } },
  })
  if (help) {
    process.stdout.write(HELP)
    return 0
  }
  const buildah = findProgram('buildah')
  if (buildah === null || process.getuid?.() !== 0) {
    const skipped = buildah === null ? 'buildah is not installed: apt-get install -y buildah' : 'only root can mount an image'
    process.stdout.write(json ? `${JSON.stringify({ skipped })}\n` : `Skipped: ${skipped}.\n`)
    return 0
  }
  const startedAt = performance.now()
  const words = ['--kills', String(kills), '--sessions', String(sessions)]
  const figures = await prove(buildah, words, (line) => process.stderr.write(`${line}\n`))
  for (const what of figures.failed) process.stderr.write(`FAILED ${what}\n`)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const result = { ...figures, failed: figures.failed.length, bases: 'stand-ins', seconds }
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(20)} ${JSON.stringify(value)}\n`)
  return result.failed === 0 ? 0 : 1
}

await runCommand(main)
