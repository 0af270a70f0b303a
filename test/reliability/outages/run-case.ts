import { setTimeout as pause } from 'node:timers/promises'
import { sessionPath } from '@holdfast/core/session/session-document'
import { failuresSchema } from '@holdfast/core/journal/state-values'
import { storedState } from '../../support/stored-state.ts'
import { nameOf, type OutageCase, verdictOf } from './cases.ts'
import { cut, order } from './cut.ts'
import type { CaseFacts, Possession } from './judge.ts'
import { alertsOf, fleetVerdict, recoveriesOf, runnerVerdicts, Witness } from './witness.ts'
import type { OutageWorld } from './world.ts'

const MINUTES = 10
/** Half-open connections are noticed by their silence, after 45 s. */
const NOTICED_WITHIN_MS = { refuse: 30_000, errors: 30_000, hang: 90_000 }
/** Where nobody can tell the verdict, the outage has to last a little before the minutes pass. */
const UNTOLD_FOR_MS = 5000
/** A failed call of Google speaks against the service for two minutes, and its client tries again up to two minutes later. */
const OVER_WITHIN_MS = 360_000
const LOOK_EVERY_MS = 300
/** Refusals of messages in a row, which also meet messages of the traffic: their second retry needs a task, too. */
const REFUSALS = 4

/** Makes one outage of ten minutes, and waits until everything is back. */
export async function runCase(world: OutageWorld, outage: OutageCase, seconds: number): Promise<CaseFacts> {
  const { google, sandbox, simulator } = world
  const alertsBefore = await alertsOf(google)
  const recoveriesBefore = await recoveriesOf(google)
  const before = await possessions(world)
  const witness = new Witness(google)
  const mend = await cut(sandbox, simulator.url, outage)
  witness.start()
  const damage: string[] = []
  let during: readonly Possession[] = []
  try {
    await provoke(world, outage)
    if (!(await isNoticed(world, outage))) damage.push('the outage was not noticed in time')
    await passTenMinutes(world, seconds)
    during = await possessions(world)
  } finally {
    await mend()
  }
  const mendedAt = performance.now()
  if (!(await isOver(world))) damage.push(`not everything came back: ${await troublesOf(world)}`)
  world.tell(`  ${nameOf(outage.services)} is back after ${Math.round((performance.now() - mendedAt) / 1000)} s.`)
  const { verdicts, states } = await witness.stop()
  const alerts = await alertsOf(google)
  return {
    case: outage,
    before,
    during,
    after: await possessions(world),
    verdicts,
    states: [...states],
    opened: alerts.flatMap(({ id, opening }) => {
      const earlier = alertsBefore.find((alert) => alert.id === id)?.opening ?? 0
      return Array.from({ length: opening - earlier }, () => id)
    }),
    stillOpen: alerts.flatMap(({ id, isOpen }) => (isOpen ? [id] : [])),
    recoveries: newOnes(await recoveriesOf(google), recoveriesBefore),
    damage,
  }
}

/** Causes the calls by which an outage is noticed, where traffic alone makes none: a retry that needs a task. */
async function provoke({ api, ledger, sessions, simulator }: OutageWorld, { services }: OutageCase): Promise<void> {
  // Without a connection nothing is sent, so that nothing needs a retry.
  if (!services.includes('tasks') || verdictOf(services) !== 'google') return
  for (const { name, phone, contacts } of sessions) {
    await order(simulator.url, { kind: 'nack', account: phone, code: 479, count: REFUSALS })
    const contact = contacts[0] ?? ''
    const text = `Refused once, ${performance.now()}`
    const retry = { delaysMs: [5 * 60_000], maxRetries: 50 }
    const { jobId, messageId } = await api.sendText({
      session: name,
      chatId: `${contact}@c.us`,
      text,
      idempotencyKey: text,
      retry,
    })
    ledger.accepted.push({ jobId, messageId, session: name, contact, text })
  }
}

async function isNoticed({ google }: OutageWorld, { services, how }: OutageCase): Promise<boolean> {
  if (verdictOf(services) === null) {
    await pause(UNTOLD_FOR_MS)
    return true
  }
  const wanted = verdictOf(services)
  return await until(NOTICED_WITHIN_MS[how], async () => {
    const verdicts = await runnerVerdicts(google)
    // Only the runner that has called the service knows that it is away.
    if (wanted === 'google') return verdicts.includes('google')
    return verdicts.every((verdict) => (wanted === 'egress' ? ['runner', 'fleet'] : ['whatsapp']).includes(verdict))
  })
}

/** The sweep runs each minute, as its schedule has it. It fails or hangs while Firestore is away. */
async function passTenMinutes(world: OutageWorld, seconds: number): Promise<void> {
  for (let minute = 0; minute < MINUTES; minute++) {
    await world.sandbox.advanceClock({ minutes: 1 })
    void world.sweep()
    await pause((seconds * 1000) / MINUTES)
  }
}

async function isOver(world: OutageWorld): Promise<boolean> {
  const { google } = world
  return await until(OVER_WITHIN_MS, async () => {
    // The sweep looks once a minute, and hardly between the seconds in which the runners notice.
    if (!(await runnerVerdicts(google)).every((verdict) => verdict === 'none')) return false
    void world.sweep()
    return (await fleetVerdict(google)) === 'none' && (await troublesOf(world)) === ''
  })
}

/** The sessions that are not connected, and the alerts that are open. Empty when all is well. */
async function troublesOf({ google, sessions }: OutageWorld): Promise<string> {
  const documents = await Promise.all(sessions.map(({ name }) => google.documents.read(sessionPath(`default.${name}`))))
  const waiting = documents.flatMap((found) =>
    found && found.fields['state'] !== 'CONNECTED' ? [`${found.id} ${String(found.fields['state'])}`] : [],
  )
  const alerts = (await alertsOf(google)).flatMap(({ id, isOpen }) => (isOpen ? [id] : []))
  return [...waiting, ...alerts].join(', ')
}

async function possessions({ google, sandbox, simulator, sessions }: OutageWorld): Promise<Possession[]> {
  const { accounts } = await simulator.state()
  return await Promise.all(
    sessions.map(async ({ name, phone }): Promise<Possession> => {
      const sessionId = `default.${name}`
      const document = async () => (await google.documents.read(sessionPath(sessionId)))?.fields ?? {}
      const image = await storedState({ google, sandbox }, { sessionId, document })
      const failures = failuresSchema.safeParse(JSON.parse(image.get('meta', 'failures') ?? 'null')).data
      const account = accounts.find((one) => one.phone === phone)
      const { crashes, journalHead } = await document()
      const deaths = crashes as { shortLives?: number; failedTrials?: number } | undefined
      return {
        session: name,
        spent: {
          whatsapp: failures?.whatsapp ?? 0,
          pairings: failures?.pairings ?? 0,
          crashes: (deaths?.shortLives ?? 0) + (deaths?.failedTrials ?? 0),
        },
        deviceJid: account?.deviceJid ?? null,
        registrations: account?.registrations ?? 0,
        journalHead: Number(journalHead ?? 0),
      }
    }),
  )
}

/** Returns the entries of the later list that are not in the earlier one, each as often as it is new. */
function newOnes(later: readonly string[], earlier: readonly string[]): string[] {
  const rest = [...earlier]
  return later.filter((entry) => {
    const at = rest.indexOf(entry)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}

async function until(limitMs: number, holds: () => Promise<boolean>): Promise<boolean> {
  const endsAt = performance.now() + limitMs
  while (performance.now() < endsAt) {
    if (await holds()) return true
    await pause(LOOK_EVERY_MS)
  }
  return false
}
