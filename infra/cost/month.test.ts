import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { COUNTED, costLines, monthOf } from './month.ts'

const runner = { platform: 'worker-pool', instances: 1, cpu: 1, memoryGib: 2, maxConnections: 50 } as const

const total = (sessions: number) => monthOf({ runner }, sessions).reduce((sum, { usd }) => sum + usd, 0)

test('the counted operations are those of docs/COST.md', () => {
  const rows = readFileSync(new URL('../../docs/COST.md', import.meta.url), 'utf8')
  const { sentMessage: sent, receivedMessage: received, idleSessionHour: session, idleRunnerHour: owner } = COUNTED
  expect(rows).toMatch(new RegExp(`\\| a message to send,[^|]*\\| ${sent.reads} \\| ${sent.writes} \\|`))
  expect(rows).toMatch(new RegExp(`\\| a received message \\|[^|]*\\| ${received.writes} \\|`))
  expect(rows).toMatch(new RegExp(`\\| an idle session in an hour \\| ${session.reads} \\|`))
  expect(rows).toMatch(new RegExp(`\\| an idle runner in an hour,[^|]*\\| ${owner.reads.toLocaleString('en')} \\|`))
  expect(rows).toContain(`with the cloud's heartbeat (${owner.writes} writes)`)
})

test('a runner costs the same with one session as with as many as it holds', () => {
  expect(monthOf({ runner }, 1)[0]?.usd).toBeCloseTo(36.04, 1)
  expect(monthOf({ runner }, 50)[0]?.usd).toBeCloseTo(36.04, 1)
  expect(monthOf({ runner }, 51)[0]?.what).toBe('2 runner(s) of 1 vCPU and 2 GiB')
  expect(monthOf({ runner: { ...runner, platform: 'service' } }, 50)[0]?.usd).toBeCloseTo(57.82, 1)
})

test('sessions and messages cost what docs/COST.md says of each', () => {
  expect(monthOf({ runner }, 1000)[2]?.usd).toBeCloseTo(24, 0)
  const [, , , messages] = monthOf({ runner }, 1000)
  expect((messages?.usd ?? 0) / ((1000 * 100 * (730 / 24)) / 1000)).toBeCloseTo(0.0039, 3)
})

test('the lines add up, and say when the prices were read', () => {
  const lines = costLines({ runner }, 50)
  expect(lines[0]).toBe(`A month with 50 session(s) of 100 messages a day costs about $${total(50).toFixed(2)}:`)
  expect(lines.at(-1)).toMatch(/^ {2}List prices of \d{4}-\d{2}-\d{2} in us-central1\./)
})
