import { randomBytes } from 'node:crypto'
import { GoogleError } from '../google/rest.ts'
import { CommandFailed, runCommand } from '../google/run-command.ts'
import { runProgram } from '../google/run-program.ts'
import { type Command, gcloud, lineOf, wordsOf } from '../resources/command.ts'
import { enabledIn, valueIn, valueRead, versionsRead } from '../resources/secret-versions.ts'
import { SECRETS } from '../resources/secrets.ts'
import { apply } from './apply.ts'
import { changesIn, type Deployment, judgeAll } from './deployment.ts'
import { headline } from './describe.ts'
import { keysIn, nextStep, type Standing } from './rotation.ts'

export interface RotateOptions {
  readonly say: (line: string) => void
  /** True: the old key ends. */
  readonly finish: boolean
}

export interface Rotated {
  /** `overlap`: both keys are accepted. `over`: the new one alone. `nothing`: no rotation is under way. */
  readonly end: 'overlap' | 'over' | 'nothing' | 'refused' | 'failed'
  /** The version of the secret that is deployed then. */
  readonly version: string | null
}

const NAME = 'API_KEY'

/** What has the key, and what a deployment of it changes besides. */
const USERS = ['service holdfast-api', 'functions', 'ingress of function api']

/** Why a secret is not replaced here. */
const REFUSALS: Readonly<Record<string, string>> = {
  SESSION_ENCRYPTION_KEY:
    'SESSION_ENCRYPTION_KEY seals the key of every session: with another one alone no session would open. To end its use, set wrapping.kmsKey to "own" in the environment and apply: Cloud KMS then wraps them (docs/SECURITY.md, "The wrapping key"). If somebody else has it: take away their access to the database and the bucket (docs/RUNBOOK.md, "A person has read a secret"), and log out and link anew the sessions that must not stay readable.',
}

/**
 * Replaces the operator's key without a moment in which a caller is refused. First both keys are accepted; `finish` ends the old one.
 * Where it stands is read from the secret, so that a run that was cut short goes on. No key is shown.
 */
export async function rotate(deployment: Deployment, secret: string, { say, finish }: RotateOptions): Promise<Rotated> {
  const refused = (why: string, version: string | null = null): Rotated => {
    say(why)
    return { end: 'refused', version }
  }
  if (secret !== NAME)
    return refused(REFUSALS[secret] ?? `${secret} is no secret of a deployment: ${Object.keys(SECRETS).join(', ')}.`)
  const standing = await standingOf(deployment)
  if (standing === null) return refused(`${NAME} has no version yet: \`npm run infra -- apply\` makes it.`)
  // Without the present key a new version would lock every caller out.
  if (standing.keys.length === 0) return refused(unreadable(standing.newest), standing.newest)
  const step = nextStep(standing, { finish })
  if (step.kind === 'nothing') {
    say(`No rotation of ${NAME} is under way.`)
    return { end: 'nothing', version: standing.newest }
  }
  if (step.kind === 'begin' || step.kind === 'finish') {
    const pending = changesIn(await judgeAll(users(deployment), deployment.rest)).map((change) => headline(change))
    if (pending.length > 0) return refused(mendFirst(pending, finish), standing.newest)
    const keys = step.kind === 'begin' ? [newKey(), ...standing.keys] : [step.keep]
    if (!(await added(deployment, standing, keys, say))) return { end: 'failed', version: standing.newest }
  }
  const { failed, different } = await apply({ ...deployment, resources: users(deployment) }, { isPart: true, say })
  const now = (await standingOf(deployment)) ?? standing
  if (failed + different.length > 0) return { end: 'failed', version: now.newest }
  return finish ? await tidied(deployment, now, say) : overlapping(deployment, now, say)
}

const users = ({ resources }: Deployment) => resources.filter(({ id }) => USERS.includes(id))

const newKey = (): string => randomBytes(24).toString('hex')

const unreadable = (version: string): string =>
  `Version ${version} of ${NAME} is empty, or you may not read it: that takes roles/secretmanager.secretAccessor on the secret.`

function mendFirst(pending: readonly string[], finish: boolean): string {
  const what = `What has the key is not as wanted: ${pending.join('; ')}.`
  return finish
    ? `${what} Perhaps the new key is not deployed yet: \`npm run infra -- rotate ${NAME}\` does that, or \`npm run infra -- apply\`.`
    : `${what} \`npm run infra -- apply\` mends it. Then a rotation changes nothing but the key.`
}

async function standingOf({ target, rest }: Deployment): Promise<Standing | null> {
  const [newest, ...older] = enabledIn(await rest.read(versionsRead(target, NAME)))
  if (newest === undefined) return null
  const value = await rest.read(valueRead(target, NAME, newest)).catch((error: unknown) => {
    if (error instanceof GoogleError && error.status === 403) return null
    throw error
  })
  return { newest, older, keys: keysIn(valueIn(value) ?? '') }
}

/** Adds a version. The keys reach the command by its input alone; the line that is shown makes the same from what is there. */
async function added(
  { target, sdk }: Deployment,
  { newest }: Standing,
  keys: readonly string[],
  say: (line: string) => void,
): Promise<boolean> {
  const { project } = target
  const command = gcloud(project, ['secrets', 'versions', 'add', NAME, '--data-file=-'])
  const present = `gcloud secrets versions access ${newest} --secret=${NAME} --project=${project}`
  const source =
    keys.length > 1 ? `{ printf '%s,' "$(openssl rand -hex 24)"; ${present}; }` : `${present} | cut -d, -f1 | tr -d '\\n'`
  say(
    keys.length > 1
      ? `+ a version of ${NAME} with a new key before the present one`
      : `+ a version of ${NAME} with the new key alone`,
  )
  say(`    $ ${source} | ${lineOf(command, sdk)}`)
  const { code, complaints } = await runProgram(wordsOf(command, sdk), { input: keys.join(',') })
  if (code !== 0) say(complaints.trim().replace(/^/gm, '      '))
  return code === 0
}

function overlapping({ target }: Deployment, { newest, keys }: Standing, say: (line: string) => void): Rotated {
  say(`The API accepts ${keys.length} keys now. The new one is the first of version ${newest}; hand it out to the callers:`)
  say(`    $ gcloud secrets versions access ${newest} --secret=${NAME} --project=${target.project} | cut -d, -f1`)
  say(`When all of them have it: npm run infra -- rotate ${NAME} --finish. It ends every other key.`)
  return { end: 'overlap', version: newest }
}

/** Nothing that runs has an older version any more. Disabled versions can be enabled again. */
async function tidied({ target, sdk }: Deployment, { newest, older }: Standing, say: (line: string) => void): Promise<Rotated> {
  for (const version of older.toReversed()) {
    const command: Command = gcloud(target.project, ['secrets', 'versions', 'disable', version, `--secret=${NAME}`])
    say(`- version ${version} of ${NAME}\n    $ ${lineOf(command, sdk)}`)
    try {
      await runCommand(command, { programs: sdk })
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error
      say(error.message.replace(/^/gm, '      '))
      return { end: 'failed', version: newest }
    }
  }
  say(`The API accepts the new key alone, that of version ${newest}. Older versions are disabled, and can be enabled again.`)
  return { end: 'over', version: newest }
}
