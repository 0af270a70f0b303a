import { readOptions, runCommand } from '../../support/command-options.ts'
import { runImageProof } from './image-proof.ts'
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
  return await runImageProof(prove, { json })
}

await runCommand(main)
