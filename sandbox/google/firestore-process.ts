import { spawn, type ChildProcess } from 'node:child_process'
import { parseArgs } from 'node:util'

// Runs Google's Firestore emulator and ends it when this process ends, because java does not notice that its parent was
// killed.

const option = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const
const options = { java: option, jar: option, port: option, rules: option, seed: option, 'for-long': flag }
const { values } = parseArgs({ options })
if (!values.java || !values.jar || !values.port) throw new Error('Usage: firestore-process.ts --java J --jar F --port N')

const jvm = [
  '-Xmx768m',
  '-XX:+UseSerialGC',
  // Starts a quarter faster and needs less in the first minutes. Later a commit takes twice as much work.
  ...(values['for-long'] ? [] : ['-XX:TieredStopAtLevel=1']),
  // Each killed client leaves direct memory behind: with java's default the emulator dies after some thousand.
  '-XX:MaxDirectMemorySize=2g',
  '-Duser.language=en',
]
const emulator = ['-cp', values.jar, 'com.google.cloud.datastore.emulator.firestore.CloudFirestore']
const args = ['--host', '127.0.0.1', '--port', values.port]
if (values.rules) args.push('--rules', values.rules)
if (values.seed) args.push('--seed_from_export', values.seed)

// Listens before java starts: a signal in between would end this process alone.
let java: ChildProcess | null = null
let stopping = false
process.on('exit', () => java?.kill('SIGKILL'))
process.on('SIGTERM', () => {
  // Kills java without asking: the export, if any, is done before.
  stopping = true
  java?.kill('SIGKILL')
})

java = spawn(values.java, [...jvm, ...emulator, ...args], { stdio: ['ignore', 'inherit', 'inherit'] })
java.on('error', (error) => fail(`${values.java} could not be started: ${error.message}`))
java.on('exit', (code, signal) =>
  stopping ? process.exit(0) : fail(`The Firestore emulator ended with ${signal ?? `code ${code}`}.`),
)

await answers(`http://127.0.0.1:${values.port}/`)
console.log(JSON.stringify({ ready: true, port: Number(values.port) }))

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

async function answers(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(url).catch(() => null)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
