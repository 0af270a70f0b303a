// The process that stands for WhatsApp. It keeps its state while it runs, whatever happens to its clients.
import { parseArgs } from 'node:util'
import { Simulator } from './simulator.ts'
import { startServer } from './server.ts'

/** Silences the console: libsignal prints whole sessions with their private keys, and nothing else here uses it. */
const silenceLibsignal = (): void => {
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) console[method] = () => undefined
}

/**
 * Turns stack traces off. Node checks the kind of each key by catching an error, in every HMAC and cipher; with a stack trace in each of
 * those errors the cryptography is several times slower.
 */
const spareStackTraces = (): void => {
  Error.stackTraceLimit = 0
}

const wantedPort = (): number => {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
  const port = Number(values.port)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  process.stderr.write('--port must be a number from 0 (any free port) to 65535\n')
  process.exit(2)
}

const leaveWithParent = (): void => {
  for (const reason of ['disconnect', 'SIGTERM', 'SIGINT'] as const) process.on(reason, () => process.exit(0))
}

const surviveFaults = (simulator: Simulator): void => {
  const report = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`simulator fault: ${text}\n`)
    simulator.services.violations.record('simulator-fault', text)
  }
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
}

silenceLibsignal()
spareStackTraces()
leaveWithParent()
const simulator = new Simulator()
const server = await startServer(simulator, wantedPort())
// Installed last: a taken port must end the process.
surviveFaults(simulator)
process.stdout.write(`${JSON.stringify({ ready: true, ...server })}\n`)
