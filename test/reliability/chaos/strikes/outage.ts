import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Flows } from '../../../support/flows.ts'
import type { Proxies } from '../../../../sandbox/proxies.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { World } from '../world.ts'
import { probeApi, type HealthAnswers } from './api-probe.ts'
import { isTotal, type Outage } from './outage-plan.ts'

/** The longest wait for messages after an outage. After a long outage, clients pause up to a minute between two attempts. */
const FLOW_LIMIT_MS = 180_000
/** The longest wait for a checkpoint. A runner retries a failed checkpoint after a minute. */
const CHECKPOINT_LIMIT_MS = 120_000
/** The shortest last outage after which the run waits for a checkpoint. A shorter one may end before a checkpoint is due. */
const LONG_OUTAGE_S = 30
const LOOK_EVERY_MS = 500
/** The time within which the health check has to report a total outage. */
const HEALTH_KNOWS_AFTER_MS = 8_000

export interface OutageCounts {
  outages: number
  kills: number
  health: HealthAnswers
}

export interface OutageLoop {
  outages: readonly Outage[]
  seconds: number
  random: SeededRandom
  counts: OutageCounts
  /** Faults that the figures do not show. */
  findings: string[]
}

/** Makes the outages one after the other, and waits after each until messages flow again. */
export async function runOutageLoop(world: World, loop: OutageLoop): Promise<void> {
  const { proxies } = world.sandbox
  if (!proxies) throw new Error('Outages need a sandbox with proxies.')
  const { outages, counts, findings, seconds } = loop
  for (const [index, outage] of outages.entries()) {
    const answersBefore = { ...world.answers.counts }
    const failedBefore = await failedCheckpoints(world)
    const { struck, recoveryMs } = await outlive(world, proxies, outage, loop)
    counts.outages++
    const failed = (await failedCheckpoints(world)) - failedBefore
    if (struck + failed === 0) findings.push(`no connection and no checkpoint met the outage of ${describe(outage)}`)
    const { accepted, unavailable, unanswered, wrong } = world.answers.since(answersBefore)
    world.tell(
      `outage ${counts.outages}/${outages.length}, ${describe(outage)} for ${seconds} s: ` +
        `${struck} connections struck, ${failed} checkpoints failed; the API accepted ${accepted} requests, postponed ` +
        `${unavailable}, left ${unanswered} unanswered, answered ${wrong} wrongly; messages flow again after ${recoveryMs} ms.`,
    )
    const isLast = index === outages.length - 1
    if (outage.stores.includes('storage') && (!isLast || seconds >= LONG_OUTAGE_S)) await untilCheckpointed(world)
  }
}

/** Makes one outage. Resolves when messages flow again, with the number of connections that met it and the recovery time. */
async function outlive(world: World, proxies: Proxies, outage: Outage, loop: OutageLoop) {
  const away = outage.stores.map((store) => proxies[store])
  const met = () => away.reduce((sum, { counts }) => sum + counts.accepted, 0)
  const metBefore = away.reduce((sum, { counts }) => sum + counts.accepted - counts.open, 0)
  const isOver = new AbortController()
  const endsAt = performance.now() + loop.seconds * 1000
  for (const proxy of away) await proxy.change(outage.mode)
  const probing = probeApi(world, {
    signal: isOver.signal,
    answers: loop.counts.health,
    mustBeDegradedAfterMs: isTotal(outage) ? HEALTH_KNOWS_AFTER_MS : Number.POSITIVE_INFINITY,
  })
  try {
    const killAfterMs = loop.random.between(0.2, 0.7) * loop.seconds * 1000
    if (outage.withKill) {
      await pause(killAfterMs)
      killOne(world, loop)
    }
    await pause(Math.max(0, endsAt - performance.now()))
  } finally {
    isOver.abort()
    for (const proxy of away) await proxy.change({ how: 'pass' })
  }
  const struck = met() - metBefore
  const [recoveryMs, findings] = await Promise.all([untilFlowing(world), probing])
  loop.findings.push(...findings)
  return { struck, recoveryMs }
}

function killOne(world: World, { random, counts }: OutageLoop): void {
  const [only, ...others] = world.sandbox.runners()
  // The API cannot name the owners during the outage, so the runner is drawn.
  const runner = others.length === 0 ? only : random.pick(world.sandbox.runners())
  if (!runner || runner.pid === null) return
  runner.kill('SIGKILL')
  counts.kills++
}

async function untilFlowing(world: World): Promise<number> {
  const phones = world.sessions.map(({ phone }) => phone)
  const flowing = await new Flows(world.events).untilFlowing(phones, FLOW_LIMIT_MS)
  const stuck = world.sessions.filter(({ phone }) => flowing.get(phone) === null)
  for (const ms of flowing.values()) if (ms !== null) world.recoveries.samples.push(ms)
  if (stuck.length === 0) return Math.max(...[...flowing.values()].map(Number))
  const states = await Promise.all(stuck.map(async ({ name }) => `${name}: ${(await world.api.session(name)).sentence}`))
  throw new Error(`No messages flow ${FLOW_LIMIT_MS / 1000} s after the outage: ${states.join('; ')}`)
}

/** Waits until every session has a new checkpoint. Before that, no runner would notice the next outage of Cloud Storage. */
async function untilCheckpointed({ api, sessions, tell }: World): Promise<void> {
  const startedAt = performance.now()
  await Promise.all(
    sessions.map(async ({ name }) => {
      const before = (await api.session(name)).checkpoint?.seq
      for (;;) {
        const { checkpoint, sentence } = await api.session(name)
        if (checkpoint?.seq !== before) return
        if (performance.now() - startedAt > CHECKPOINT_LIMIT_MS) {
          throw new Error(
            `${name}: no checkpoint ${CHECKPOINT_LIMIT_MS / 1000} s after the end of the outage of Cloud Storage (${sentence})`,
          )
        }
        await pause(LOOK_EVERY_MS)
      }
    }),
  )
  tell(`  every session has a new checkpoint after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`)
}

/** Counts the failed checkpoints in the runners' logs. Only these show whether a runner met an outage of Cloud Storage. */
async function failedCheckpoints({ sandbox }: World): Promise<number> {
  const logs = sandbox.runners().map(({ name }) => readFile(join(sandbox.folder, 'logs', `${name}.log`), 'utf8'))
  return (await Promise.all(logs)).reduce((sum, log) => sum + log.split('A checkpoint failed').length - 1, 0)
}

const describe = ({ stores, mode, withKill }: Outage): string => {
  const how = mode.how === 'slow' ? `slow by ${mode.delayMs} ms` : mode.how
  return `${stores.join(' and ')} (${how}${withKill ? ', a runner is killed in the middle' : ''})`
}
