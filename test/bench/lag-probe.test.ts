import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

const PROBE = new URL('./lag-probe.ts', import.meta.url).href
const BLOCKED_MS = 400

/** Says when it has held its event loop up, in the middle of a quiet life. */
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

test('an event loop that was held up is told by whoever asks next, however quiet it is when it is asked', async () => {
  const child = spawn(process.execPath, ['--import', PROBE, '--eval', PROGRAM], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const told = async (): Promise<unknown> => ((await once(child, 'message')) as [unknown])[0]
  try {
    expect(await told()).toBe('ready')
    child.send({ ask: 'lag', id: 1 })
    expect(await told()).toMatchObject({ answers: 1, value: { maxMs: expect.any(Number) } })
    child.send('block')
    expect(await told()).toBe('blocked')
    child.send({ ask: 'lag', id: 2 })
    const { value } = (await told()) as { value: { p99Ms: number; maxMs: number } }
    expect(value.maxMs).toBeGreaterThan(BLOCKED_MS / 2)
  } finally {
    child.kill('SIGKILL')
  }
})
