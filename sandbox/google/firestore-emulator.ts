import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { SupervisedProcess } from '../processes.ts'

const JAR_IN_SDK = join('platform', 'cloud-firestore-emulator', 'cloud-firestore-emulator.jar')
const EXPORT_NAME = 'firestore'

type Environment = Record<string, string | undefined>

export interface FirestoreEmulator {
  java: string
  jar: string
}

/** Finds Google's emulator and a java to run it. Throws with the command that installs a missing part. */
export async function findFirestoreEmulator(env: Environment): Promise<FirestoreEmulator> {
  return { java: findJava(env), jar: await findJar(env) }
}

function findJava(env: Environment): string {
  const home = env['JAVA_HOME']
  const java = [...(home ? [join(home, 'bin', 'java')] : []), onPath(env, 'java')].find((path) => path && existsSync(path))
  if (java) return java
  const install = process.platform === 'darwin' ? 'brew install openjdk' : 'sudo apt-get install --yes default-jre-headless'
  throw new Error(
    `The Firestore emulator needs java, which was found neither in JAVA_HOME nor on the PATH. Install it: ${install}`,
  )
}

async function findJar(env: Environment): Promise<string> {
  const named = env['FIRESTORE_EMULATOR_JAR']
  if (named) {
    if (existsSync(named)) return named
    throw new Error(`FIRESTORE_EMULATOR_JAR names ${named}, which does not exist.`)
  }
  const sdks = [env['SDK_ROOT'], sdkOfGcloud(env)].filter((path) => path !== undefined)
  for (const sdk of sdks) if (existsSync(join(sdk, JAR_IN_SDK))) return join(sdk, JAR_IN_SDK)
  const jar = (await newestOfFirebase()) ?? (await jarOfSdkByGcloud())
  if (jar) return jar
  throw new Error(
    'The Firestore emulator was not found. Install it: ' +
      (onPath(env, 'gcloud')
        ? 'gcloud components install cloud-firestore-emulator (or, where gcloud came from a Debian package: ' +
          'sudo apt-get install --yes google-cloud-cli-firestore-emulator)'
        : 'npx firebase-tools setup:emulators:firestore') +
      '. FIRESTORE_EMULATOR_JAR may name the jar if it is elsewhere.',
  )
}

/** The folder that holds bin/gcloud. Reading the link is faster than asking gcloud, which takes a second. */
function sdkOfGcloud(env: Environment): string | undefined {
  const gcloud = onPath(env, 'gcloud')
  return gcloud && dirname(dirname(realpathSync(gcloud)))
}

async function jarOfSdkByGcloud(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('gcloud', ['info', '--format=value(installation.sdk_root)'])
    const jar = join(stdout.trim(), JAR_IN_SDK)
    return existsSync(jar) ? jar : undefined
  } catch {
    // A missing or broken gcloud counts as not found.
    return undefined
  }
}

async function newestOfFirebase(): Promise<string | undefined> {
  const folder = join(homedir(), '.cache', 'firebase', 'emulators')
  const files = existsSync(folder) ? await readdir(folder) : []
  const jars = files.filter((file) => /^cloud-firestore-emulator-v.*\.jar$/.test(file))
  const newest = jars.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)
  return newest && join(folder, newest)
}

function onPath(env: Environment, command: string): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path))
}

export interface FirestoreOptions extends FirestoreEmulator {
  port: number
  /** The folder of the data export, which the next start loads. */
  folder: string
  rules: string
  /** True for a run of more than some minutes. */
  forLong?: boolean
  env: Record<string, string>
  log: string
}

export function firestoreProcess(options: FirestoreOptions): SupervisedProcess {
  const args = ['--java', options.java, '--jar', options.jar, '--port', String(options.port)]
  if (existsSync(options.rules)) args.push('--rules', options.rules)
  if (options.forLong) args.push('--for-long')
  const seed = join(options.folder, EXPORT_NAME, `${EXPORT_NAME}.overall_export_metadata`)
  if (existsSync(seed)) args.push('--seed', seed)
  return new SupervisedProcess({
    name: 'firestore',
    entry: fileURLToPath(new URL('./firestore-process.ts', import.meta.url)),
    args,
    env: options.env,
    log: options.log,
    // The emulator holds its data in memory: a restarted one would be empty.
    whenItDies: 'leave',
    ready: 'line',
  })
}

/**
 * Exports the data, because the emulator keeps nothing on disk by itself. Loaded documents get the time of loading as their creation
 * and update time.
 */
export async function exportFirestore(address: string, project: string, folder: string): Promise<void> {
  const aside = `${folder}.new`
  await rm(aside, { recursive: true, force: true })
  await mkdir(aside, { recursive: true })
  const response = await fetch(`http://${address}/emulator/v1/projects/${project}:export`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      database: `projects/${project}/databases/(default)`,
      export_directory: aside,
      export_name: EXPORT_NAME,
    }),
  })
  if (!response.ok) throw new Error(`Firestore's data could not be exported: ${response.status} ${await response.text()}`)
  await rm(folder, { recursive: true, force: true })
  await rename(aside, folder)
}
