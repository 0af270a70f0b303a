import { EXIT } from './exit-codes.ts'

/** The signals that tell this process to leave. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

const leaveAtOnce = (): void => process.exit(EXIT.leftInOrder)

/** Ends the process on a signal while it holds nothing, until `onSignal` takes over. */
export function leaveAtOnceOnSignal(): void {
  for (const signal of SIGNALS) process.on(signal, leaveAtOnce)
}

/** Calls `leave` for each signal from now on. */
export function onSignal(leave: (signal: NodeJS.Signals) => void): void {
  for (const signal of SIGNALS) {
    process.on(signal, leave)
    process.off(signal, leaveAtOnce)
  }
}
