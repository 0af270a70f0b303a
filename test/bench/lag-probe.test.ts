import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

const PROBE = new URL('./lag-probe.ts', import.meta.url).href
const BLOCKED_MS = 400

/** A program that blocks its event loop on request and reports the end of the block after some quiet time. */
const PROGRAM = `
  process.on('message', (message) => {
    if (message !== 'block') return
    setTimeout(() => {
      const until = performance.now() + ${BLOCKED_MS}
      while (performance.now() < until);
      setTimeout(() => process.send('blocked'), 100)
    }, 100)
  })
  process.send('ready')
`

test('the lag probe reports a block of the event loop at the next request, even when the loop is quiet again', async () => {
  const child = spawn(process.execPath, ['--import', PROBE, '--eval', PROGRAM], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const nextMessage = async (): Promise<unknown> => ((await once(child, 'message')) as [unknown])[0]
  try {
    expect(await nextMessage()).toBe('ready')
    child.send({ ask: 'lag', id: 1 })
    expect(await nextMessage()).toMatchObject({ answers: 1, value: { maxMs: expect.any(Number) } })
    child.send('block')
    expect(await nextMessage()).toBe('blocked')
    child.send({ ask: 'lag', id: 2 })
    const { value } = (await nextMessage()) as { value: { p99Ms: number; maxMs: number } }
    expect(value.maxMs).toBeGreaterThan(BLOCKED_MS / 2)
  } finally {
    child.kill('SIGKILL')
  }
})
