import { readFile } from 'node:fs/promises'
import { ApiClient } from '../outside/api-client.ts'
import { EventReader, type SimulatorEvent } from '../outside/event-reader.ts'
import { type LinkedSession, linkSession } from '../outside/linked-session.ts'
import { SimulatorClient } from '../outside/simulator-client.ts'
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts'
import { percentiles, round } from './statistics.ts'

/** What one runner does with some sessions, seen from the two outsides. Times in ms, memory in MB. */
export async function measureSandbox(options: { sessions: number; messages: number; say: (text: string) => void }) {
  const { say } = options
  const startedAt = performance.now()
  // It is killed a few times, which is not to be taken for a crash loop.
  await using sandbox = await startSandbox({ runnerEnv: { RESTART_PAUSE_LIMIT_MS: '0' } })
  const upMs = Math.round(performance.now() - startedAt)
  const { api, apiKey, simulator: simulatorUrl } = sandbox.info
  if (api === null || simulatorUrl === null) throw new Error('The sandbox is not whole.')
  const world = { sandbox, api: new ApiClient({ url: api, apiKey }), simulator: new SimulatorClient(simulatorUrl) }
  const events = await EventReader.open(simulatorUrl)
  try {
    const idleMb = await residentMb(sandbox)
    const sessions: LinkedSession[] = []
    for (let index = 0; index < options.sessions; index++) {
      sessions.push(await linkSession(world.api, world.simulator, { name: `bench${index}`, phone: `55119000001${index}` }))
      await world.simulator.createContact(`55118000001${index}`, `Contact ${index}`)
    }
    const linkedMb = await residentMb(sandbox)
    say('Warming up (the emulator is ten times slower at first) ...')
    await send(world, events, sessions, 400, 'warm')
    say('Sending ...')
    const sentPerSecond = await send(world, events, sessions, options.messages, 'out')
    say('Receiving ...')
    const receivedPerSecond = await receive(world, events, sessions, options.messages)
    const usedMb = await residentMb(sandbox)
    say('Killing ...')
    const killToOpenMs = await kill(world, events, sessions, 5)
    const mbPerSession = (mb: number) => round((mb - idleMb) / sessions.length)
    return {
      upMs,
      sessions: sessions.length,
      sentPerSecond,
      receivedPerSecond,
      killToOpenMs,
      runnerMb: { idle: idleMb, perSessionLinked: mbPerSession(linkedMb), perSessionAfterTraffic: mbPerSession(usedMb) },
    }
  } finally {
    events.close()
  }
}

interface World {
  readonly sandbox: Sandbox
  readonly api: ApiClient
  readonly simulator: SimulatorClient
}

const contactOf = (session: LinkedSession): string => session.phone.replace('55119', '55118')

/** From the first accepted request to the last ack of WhatsApp's server. */
async function send(
  { api }: World,
  events: EventReader,
  sessions: readonly LinkedSession[],
  messages: number,
  word: string,
): Promise<number> {
  let acked = 0
  const done = countEvents(events, 'acked', () => ++acked >= messages)
  const startedAt = performance.now()
  const each = Math.ceil(messages / sessions.length)
  await Promise.all(
    sessions.map(async (session) => {
      for (let index = 0; index < each; index += 10) {
        const batch = Array.from({ length: Math.min(10, each - index) }, (_, offset) => index + offset)
        await Promise.all(
          batch.map((number) =>
            api.sendText({
              session: session.name,
              chatId: `${contactOf(session)}@c.us`,
              text: `${word} ${number}`,
              idempotencyKey: `${session.name}-${word}-${number}`,
            }),
          ),
        )
      }
    }),
  )
  await done
  return Math.round(messages / ((performance.now() - startedAt) / 1000))
}

/** From the first message handed over to the last receipt. */
async function receive(
  { simulator }: World,
  events: EventReader,
  sessions: readonly LinkedSession[],
  messages: number,
): Promise<number> {
  let receipts = 0
  const done = countEvents(events, 'receipt', () => ++receipts >= messages)
  const startedAt = performance.now()
  const count = Math.ceil(messages / sessions.length)
  await Promise.all(sessions.map((session) => simulator.sendManyAsContact(contactOf(session), session.phone, 'in {n}', count)))
  await done
  return Math.round(messages / ((performance.now() - startedAt) / 1000))
}

/** From kill -9 to the last session being logged in and ready again. */
async function kill({ sandbox }: World, events: EventReader, sessions: readonly LinkedSession[], times: number) {
  const durations: number[] = []
  for (let round = 0; round < times; round++) {
    const open = new Set<unknown>()
    const all = countEvents(events, 'active', ({ phone }) => open.add(phone).size >= sessions.length)
    const killedAt = performance.now()
    sandbox.runner('runner-1').kill('SIGKILL')
    await all
    durations.push(performance.now() - killedAt)
  }
  return percentiles(durations)
}

function countEvents(events: EventReader, type: string, isLast: (event: SimulatorEvent) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = events.on((event) => {
      if (event.type !== type || !isLast(event)) return
      stop()
      resolve()
    })
  })
}

async function residentMb(sandbox: Sandbox): Promise<number> {
  const { pid } = sandbox.runner('runner-1')
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}
