import { answerParent } from '../../sandbox/parent-channel.ts'

/** A part of a file is in memory for some ms. */
const LOOK_EVERY_MS = 5

const MIB = 1024 * 1024

let peak = 0

const look = (): void => void (peak = Math.max(peak, process.memoryUsage().arrayBuffers))

setInterval(look, LOOK_EVERY_MS).unref()

// The sandbox preloads this module into the runner of the bench. It reports the most memory of buffers since the last request: the
// resident memory also has what V8 keeps for young objects, which may be more than a file.
answerParent('peak of buffers', () => {
  look()
  const found = peak
  peak = 0
  return found / MIB
})
