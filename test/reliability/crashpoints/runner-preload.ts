import { flushCompileCache } from 'node:module'
import '../../../sandbox/exit-with-parent.ts'
import '../../../runner/src/whatsapp/baileys/patches/inflate-limit.ts'
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
  import('../../../runner/src/whatsapp/baileys/client.ts'),
  import('../../../runner/src/supervisor/supervisor.ts'),
  import('../../../runner/src/process/start.ts'),
  import('../../../runner/src/process/probe-server.ts'),
  import('@holdfast/core/adapters/session-stores'),
])
// It would be written at the end of the process, to which few of these come.
flushCompileCache()
watchStores()
watchFrames()
watchTimers()

const { promise: told, resolve: go } = Promise.withResolvers<void>()

process.on('message', ({ ask, id }: { ask?: string; id?: number }) => {
  const word = [GO, ARM].find((one) => ask?.startsWith(one))
  if (ask === undefined || word === undefined) return
  const order = JSON.parse(ask.slice(word.length)) as Order | null
  // Answered first: the next step may be the last one.
  process.send?.({ answers: id, value: process.pid }, () => {
    arm(order)
    if (word === GO) go()
  })
})

process.channel?.ref()
process.stdout.write('{"loaded":true}\n')
await told
process.channel?.unref()
