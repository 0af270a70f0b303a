import { readOptions, runCommand } from '../../support/command-options.ts'
import { findProgram } from '../../support/find-program.ts'
import { prove } from './run.ts'

const HELP = `Builds the image of the runner from its Dockerfile and runs it, without a shell, on a read-only root, as process 1: it has to
start, to hold a session of the sandbox, to leave on SIGTERM in time (early, idle, and with a session), and to go on with the session
after a restart and in another container, without another QR code. Its packages have to be those of its bill of materials.

  npm run prove -- image

  --json              prints the figures as JSON, as the last output on stdout

Needs buildah and root, and a registry of npm. The bases are made from this machine: Node and its libraries, as the real one has them, so
that the size of the real one differs by what else it has. Where buildah is missing it says that it was skipped.
Exit codes: 0 if all of it held or was skipped, 1 if not, 2 for a wrong option.
`

async function main(args: readonly string[]): Promise<number> {
  const { help, json } = readOptions(args, {})
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
  const figures = await prove(buildah, (line) => process.stderr.write(`${line}\n`))
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const result = { ...figures, failed: figures.failed.length, bases: 'stand-ins', seconds }
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(20)} ${JSON.stringify(value)}\n`)
  return result.failed === 0 ? 0 : 1
}

await runCommand(main)
