import { flushCompileCache } from 'node:module'
import '../sandbox/exit-with-parent.ts'
import './inside/stanza-names.ts'
import { ARM, GO, type Order } from './orders.ts'

// Preloaded into the runners of crash points, before anything else. Each step of theirs passes a point from then on. The process
// loads everything, says so, and waits to be told to go: a case takes seconds, and half of that would be loading.

const inside = await Promise.all([
  import('./inside/points.ts'),
  import('./inside/stores.ts'),
  import('./inside/frames.ts'),
  import('./inside/timers.ts'),
])
const [{ arm }, { watchStores }, { watchFrames }, { watchTimers }] = inside
await Promise.all([
  import('../../runner/src/baileys/client.ts'),
  import('../../runner/src/fleet/fleet.ts'),
  import('../../runner/src/process/start.ts'),
  import('../../runner/src/process/probe-server.ts'),
  import('@holdfast/core/stores/session-stores'),
])
// It would be written at the end of the process, to which few of these come.
flushCompileCache()
watchStores()
watchFrames()
watchTimers()

process.on('message', (message: { ask?: string; id?: number }) => {
  const { ask, id } = message
  const word = [GO, ARM].find((one) => ask?.startsWith(one))
  if (ask === undefined || word === undefined) return
  arm(JSON.parse(ask.slice(word.length)) as Order | null)
  process.send?.({ answers: id, value: process.pid })
})

const told = new Promise<void>((resolve) => {
  process.on('message', ({ ask }: { ask?: string }) => ask?.startsWith(GO) && resolve())
})
process.channel?.ref()
process.stdout.write('{"loaded":true}\n')
await told
process.channel?.unref()
