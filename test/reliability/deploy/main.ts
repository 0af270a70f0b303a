import { readOptions, runCommand } from '../../support/command-options.ts'
import { findProgram } from '../../support/find-program.ts'
import { prove } from './run.ts'
import { openTrial } from './trial.ts'

const HELP = `Deploys into recorded projects, with the real gcloud and a stand-in for all of Google's APIs: into an empty one, again, after
changes by hand; removes it; and into another empty one, where each command dies once at each of its changes, and the deployment is
run again until all is there. A second run may change nothing, and nothing may be made twice.

  npm run prove -- deploy

  --trial             deploys nothing, but leaves a recorded project open for a person who follows docs/DEPLOY.md, until Ctrl-C
  --firebase COMMAND  the firebase-tools to use; without it, something that makes the same requests stands in for them
  --json              prints the figures as JSON, as the last output on stdout

Needs gcloud and openssl. Without gcloud it says that it was skipped. It shows that commands are understood, their order, and that they
converge. Whether Google accepts the values, only a real project can tell.
Exit codes: 0 if all of it held or was skipped, 1 if not, 2 for a wrong option.
`

async function main(args: readonly string[]): Promise<number> {
  const { help, json, firebase, trial } = readOptions(args, { words: ['firebase'], flags: ['trial'] })
  if (help) {
    process.stdout.write(HELP)
    return 0
  }
  if (trial) {
    await openTrial((line) => process.stdout.write(`${line}\n`), firebase?.split(' '))
    return 0
  }
  const gcloud = findProgram('gcloud')
  if (gcloud === null) {
    const skipped = 'gcloud is not installed'
    process.stdout.write(json ? `${JSON.stringify({ skipped })}\n` : `Skipped: ${skipped}.\n`)
    return 0
  }
  const startedAt = performance.now()
  const figures = await prove({ gcloud, firebase: firebase?.split(' ') }, (line) => process.stderr.write(`${line}\n`))
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const result = { ...figures, failed: figures.failed.length, firebase: firebase ?? 'stand-in', seconds }
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(18)} ${value}\n`)
  const { resources, created, secondRunChanges, failed } = result
  return failed === 0 && created === resources && secondRunChanges === 0 ? 0 : 1
}

await runCommand(main)
