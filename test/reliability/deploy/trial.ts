import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram } from '../../support/find-program.ts'
import { type Elsewhere, GoogleRecorder } from '../../support/google-recorder/recorder.ts'
import { PROJECT, type World as Recorded, REGION } from '../../support/google-recorder/world.ts'
import { startParts, World } from '../../support/world.ts'

const PHONE = '5511900000001'
const CONTACT = '5511900000002'

/**
 * Opens a recorded project in which a person can follow docs/DEPLOY.md in a shell of their own: the commands reach the recorder, the
 * API's address leads to a sandbox, and the command `phone` stands for the phone that scans the code. `firebase` are the words that
 * start firebase-tools. Ends with SIGINT.
 */
export async function openTrial(say: (line: string) => void, firebase = STAND_IN): Promise<void> {
  say('A sandbox starts ...')
  await using world = new World(await startParts({ forLong: true }))
  await world.simulator.createPhone(PHONE)
  await world.simulator.createContact(CONTACT, 'A customer')
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-trial-'))
  const recorder = await GoogleRecorder.start({ folder, elsewhere: toSandbox(world, () => recorder.world) })
  const file = join(folder, 'environment.sh')
  writeFileSync(file, environmentFile(recorder, folder, world, firebase))
  say(`Type this in another shell, and follow docs/DEPLOY.md there with the project ${PROJECT}:

  . ${file}

You are signed in there and may do everything, so leave out both logins. The command \`phone NAME\` scans the code of the session
NAME. Ctrl-C ends this.`)
  await once(process, 'SIGINT')
  await recorder.close()
  rmSync(folder, { recursive: true, force: true })
}

/** Passes requests to the deployed API on to the sandbox. */
function toSandbox({ sandbox }: World, recorded: () => Recorded): Elsewhere {
  const { api, apiKey } = sandbox.info
  return ({ method, url, headers, bytes }) => {
    const path = pathOfApi(url)
    if (path === null) return null
    headers.delete('host')
    if (keysOf(recorded()).includes(headers.get('x-api-key') ?? '')) headers.set('x-api-key', apiKey)
    const hasBody = !['GET', 'HEAD'].includes(method)
    return fetch(`${api}${path}${url.search}`, { method, headers, ...(hasBody ? { body: new Uint8Array(bytes) } : {}) })
  }
}

/** The keys that the deployed API would accept: those of the newest version. */
function keysOf({ things, values }: Recorded): readonly string[] {
  const newest = [...things.keys()].filter((key) => key.startsWith(API_KEY_VERSIONS)).at(-1) ?? ''
  return Buffer.from(values.get(newest) ?? '', 'base64')
    .toString()
    .split(',')
}

const API_KEY_VERSIONS = `secretmanager.googleapis.com/v1/projects/${PROJECT}/secrets/API_KEY/versions/`

/** The path that the app sees, at the address of the function or of a service. Null for another host. */
function pathOfApi({ hostname, pathname }: URL): string | null {
  if (hostname.endsWith('.run.app')) return pathname
  if (hostname !== `${REGION}-${PROJECT}.cloudfunctions.net`) return null
  return /^\/api(\/.*)$/.exec(pathname)?.[1] ?? '/'
}

function environmentFile(
  recorder: GoogleRecorder,
  folder: string,
  { sandbox, simulator }: World,
  firebase: readonly string[],
): string {
  const programs = join(folder, 'bin')
  mkdirSync(programs)
  const scripts = {
    phone: phoneScript(sandbox.info.api ?? '', sandbox.info.apiKey, simulator.url),
    npx: npxScript(firebase),
  }
  for (const [name, script] of Object.entries(scripts)) writeFileSync(join(programs, name), script, { mode: 0o755 })
  const lines = Object.entries(recorder.environment()).map(([name, value]) => `export ${name}='${value}'`)
  return [...lines, 'export CURL_CA_BUNDLE="$NODE_EXTRA_CA_CERTS"', `export PATH='${programs}'${delimiter}"$PATH"`, ''].join('\n')
}

const STAND_IN = [process.execPath, fileURLToPath(new URL('firebase-stand-in.ts', import.meta.url))]

/** No package can be fetched through the recorder, which answers for all hosts. */
const npxScript = (firebase: readonly string[]): string => `#!/bin/sh
# Runs what stands for firebase-tools here, and everything else as it is.
case "$*" in
  '--yes firebase-tools@'*) shift 2; exec ${firebase.map((word) => `'${word}'`).join(' ')} "$@" ;;
esac
exec '${findProgram('npx') ?? 'npx'}' "$@"
`

const phoneScript = (api: string, apiKey: string, simulator: string): string => `#!/bin/sh
# Scans the code of a session, as a person does with a phone.
code=$(curl --silent --fail --noproxy '*' --header 'X-Api-Key: ${apiKey}' '${api}/api/'"$1"'/auth/qr?format=raw' \\
  | sed 's/.*"value":"\\([^"]*\\)".*/\\1/')
[ -n "$code" ] || { echo "The session $1 shows no code." >&2; exit 1; }
curl --silent --fail --show-error --noproxy '*' --json "{\\"qr\\":\\"$code\\"}" '${simulator}/phones/${PHONE}/scan' > /dev/null && echo 'Scanned.'
`
