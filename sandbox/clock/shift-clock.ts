import { readFileSync } from 'node:fs'
import { clockMoves } from '../clock-moves.ts'
import { answerParent } from '../parent-channel.ts'

// Preload for processes whose clock the sandbox can set: `Date` tells a time that lies ahead by the offset in the files, one of the
// whole sandbox and one of this process. The process reads them at its start and whenever the sandbox asks. Timers and `performance` stay as they are, as on a machine whose clock
// is set.

const { SANDBOX_CLOCK_FILE, SANDBOX_CLOCK_SKEW_FILE } = process.env
const files = [SANDBOX_CLOCK_FILE, SANDBOX_CLOCK_SKEW_FILE].filter((file) => file !== undefined)
const RealDate = Date
let aheadMs = 0

function read(): number {
  aheadMs = files.reduce((sum, file) => sum + Number(readFileSync(file, 'utf8')), 0)
  return aheadMs
}

const now = (): number => RealDate.now() + aheadMs

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: [], newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
  apply: () => new RealDate(now()).toString(),
  get: (target, key, receiver) => (key === 'now' ? now : (Reflect.get(target, key, receiver) as unknown)),
})

read()
answerParent('clock', () => {
  const now = read()
  clockMoves.emit('moved')
  return now
})
