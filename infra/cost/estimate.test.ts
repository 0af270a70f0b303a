import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseEnvironment } from '../environment/environment.ts'
import { costLines, estimate } from './estimate.ts'
import { pageWith } from './page.ts'

const shape = parseEnvironment({ v: 1, project: 'demo-holdfast' }, 'a test')
const load = { sessions: 50, messagesADay: 100 }

test("the tables of docs/COST.md are the command's: npm run cost -- --write", () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/COST.md'), 'utf8')
  expect(page).toBe(pageWith(page, shape))
})

test('a runner costs the same with one session as with as many as it holds', () => {
  const runners = (sessions: number) => estimate(shape, { ...load, sessions }).byPart.runners
  expect(runners(50)).toBe(runners(1))
  expect(runners(51)).toBe(2 * runners(1))
  // 1 vCPU and 2 GiB for 730 hours: 29.55 + 6.49.
  expect(runners(1)).toBeCloseTo(36.04, 2)
  const service = { ...shape, runner: { ...shape.runner, platform: 'service' as const } }
  expect(estimate(service, load).byPart.runners).toBeCloseTo(57.82, 1)
})

test('messages cost operations, documents, objects, tasks, logs and traffic, and none cost none of their own', () => {
  const [none, some, twice] = [0, 100, 200].map((messagesADay) => estimate(shape, { ...load, messagesADay }).byPart)
  expect(none).toMatchObject({ tasks: 0, objects: 0 })
  for (const part of ['functions', 'documents', 'kept documents', 'logs', 'traffic'] as const) {
    const [zero = 0, one = 0, two = 0] = [none?.[part], some?.[part], twice?.[part]]
    expect(one - zero).toBeGreaterThan(0)
    expect(two - one).toBeCloseTo(one - zero, 6)
  }
})

test('1,000 messages cost what their counted operations cost', () => {
  const month = (messagesADay: number) => estimate(shape, { sessions: 1, messagesADay }).byPart.documents
  const messages = 100 * (730 / 24)
  // By hand: 470 sent at 4.7 reads and 7.4 writes, 5 retried, 25 later, 500 received at 1.2 writes; 2,000 deletes; 500 archived.
  const byHand = 470 * 8.07e-6 + 5 * 9.15e-6 + 25 * 16.86e-6 + 500 * 1.08e-6 + 2000 * 1e-7 + 500 * 1.6e-6
  expect((1000 * (month(100) - month(0))) / messages).toBeCloseTo(byHand, 6)
})

test('longer backups and larger runners cost more', () => {
  const { usd } = estimate(shape, load)
  expect(estimate({ ...shape, backups: { days: 98 } }, load).usd).toBeGreaterThan(usd)
  expect(estimate({ ...shape, runner: { ...shape.runner, memoryGib: 4 } }, load).usd).toBeGreaterThan(usd)
})

test('what an environment has besides costs besides', () => {
  const more = { ...shape, egress: { fixedAddress: true }, encryption: { kmsKey: 'own' as const }, audit: { dataAccess: true } }
  const [plain, all] = [estimate(shape, load), estimate(more, load)]
  // An address, and a NAT for one runner: 730 hours of 0.005 and 0.0014.
  expect(all.byPart.traffic - plain.byPart.traffic).toBeCloseTo(730 * 0.0064, 1)
  expect(all.byPart.fixed - plain.byPart.fixed).toBeCloseTo(0.3, 6)
  expect(all.byPart.logs).toBeGreaterThan(plain.byPart.logs)
  const wrapped = estimate({ ...shape, wrapping: { kmsKey: 'own' } }, { ...load, sessions: 10_000 })
  // Five versions, and 200 requests for each session.
  expect(wrapped.lines.find(({ what }) => what.includes('wraps'))?.usd).toBeCloseTo(0.3 + 10_000 * 200 * 0.000003, 6)
  const thousand = estimate({ ...more, audit: { dataAccess: false } }, { ...load, sessions: 10_000 })
  expect(thousand.lines.find(({ what }) => what.includes('NAT'))?.usd).toBeLessThan(730 * 0.05 + 30)
})

test('instances of the server that always run cost the same whatever is sent', () => {
  const warm = (minInstances: number) => estimate({ ...shape, server: { ...shape.server, minInstances } }, load).byPart.functions
  // 1 vCPU and 1 GiB at the price of idle ones: 6.57 + 6.57.
  expect(warm(2) - warm(0)).toBeCloseTo(2 * 13.14, 2)
})

test('the lines for people name the sum, its largest part, and the date of the prices', () => {
  const { usd, lines } = estimate(shape, load)
  const told = costLines(shape, load)
  expect(told).toHaveLength(lines.length + 3)
  expect(told[0]).toBe(`A month with 50 session(s) of 100 messages a day costs about $${usd.toFixed(2)}, $0.92 a session:`)
  expect(told.at(-2)).toMatch(/^Most of it \(\d\d %\): runners\./)
  expect(told.at(-1)).toMatch(/^List prices of \d{4}-\d\d-\d\d in us-central1/)
})
