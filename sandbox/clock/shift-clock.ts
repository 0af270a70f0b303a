import { readFileSync } from 'node:fs'
import { clockMoves } from '../clock-moves.ts'
import { answerParent } from '../parent-channel.ts'

// Preload for processes of a sandbox with a movable clock: `Date` tells a time that lies ahead by the offset in the file. The process
// reads the file at its start and whenever the sandbox asks. Timers and `performance` stay as they are, as on a machine whose clock
// is set.

const { SANDBOX_CLOCK_FILE: file } = process.env
const RealDate = Date
let aheadMs = 0

function read(): number {
  if (file !== undefined) aheadMs = Number(readFileSync(file, 'utf8'))
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
