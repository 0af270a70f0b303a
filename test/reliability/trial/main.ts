import { readOptions, runCommand } from '../../support/command-options.ts'
import { runImageProof } from '../image/image-proof.ts'
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
  const words = ['--kills', String(kills), '--sessions', String(sessions)]
  return await runImageProof((buildah, say) => prove(buildah, words, say), { json })
}

await runCommand(main)
