import { flushCompileCache } from 'node:module'
import '../../../sandbox/exit-with-parent.ts'
// A process that waits for `go` has to answer the sandbox's questions about the clock.
import '../../../sandbox/clock/shift-clock.ts'
import '../../../runner/src/whatsapp/baileys/patches/inflate-limit.ts'
import './inside/stanza-names.ts'
import { ARM, GO, type Order } from './orders.ts'

// The sandbox preloads this module into the runners of crash points. From then on each step of the runner passes a point. The
// process loads all modules, reports that, and waits for `go`. A case takes seconds, and loading would take half of them.

const inside = await Promise.all([
  import('./inside/points.ts'),
  import('./inside/stores.ts'),
  import('./inside/tasks.ts'),
  import('./inside/frames.ts'),
  import('./inside/timers.ts'),
  import('./inside/media.ts'),
])
const [{ arm }, { watchStores }, { watchTasks }, { watchFrames }, { watchTimers }, { watchMedia }] = inside
await Promise.all([
  import('../../../runner/src/whatsapp/baileys/client.ts'),
  import('../../../runner/src/supervisor/supervisor.ts'),
  import('../../../runner/src/process/start.ts'),
  import('../../../runner/src/process/probe-server.ts'),
  import('@holdfast/core/adapters/session-stores'),
])
// Node writes the cache at a normal exit only, and most of these processes are killed.
flushCompileCache()
watchStores()
watchTasks()
watchFrames()
watchTimers()
watchMedia()

const { promise: mayGo, resolve: go } = Promise.withResolvers<void>()

process.on('message', ({ ask, id }: { ask?: string; id?: number }) => {
  const word = [GO, ARM].find((one) => ask?.startsWith(one))
  if (ask === undefined || word === undefined) return
  const order = JSON.parse(ask.slice(word.length)) as Order | null
  // The answer comes first, because the next step may end the process.
  process.send?.({ answers: id, value: process.pid }, () => {
    arm(order)
    if (word === GO) go()
  })
})

process.channel?.ref()
process.stdout.write('{"loaded":true}\n')
await mayGo
process.channel?.unref()
