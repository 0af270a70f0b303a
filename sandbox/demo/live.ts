import { setTimeout as pause } from 'node:timers/promises'
import { ApiClient } from '../../test/support/api-client.ts'
import type { SimulatorEvent } from '../../test/support/event-reader.ts'
import { linkSession } from '../../test/support/linked-session.ts'
import { World } from '../../test/support/world.ts'
import type { Sandbox } from '../sandbox.ts'
import { tellEvent } from './event-line.ts'
import { Experiments, LIVE_SESSION, LIVE_CONTACT } from './experiments.ts'
import { listenForKeys } from './keys.ts'
import { SessionWatch } from './session-watch.ts'
import type { Terminal } from './terminal.ts'

/** Time limit in milliseconds for a session of an earlier start to show whether it still works. */
const OUTCOME_LIMIT_MS = 10_000
const LOOK_EVERY_MS = 200

const KEYS = 's send   r receive   k kill -9 the runner   q quit   ? help'

/** Shows states and traffic as they happen. Resolves when the user presses `q`; never without a terminal. */
export async function runLive(sandbox: Sandbox, terminal: Terminal): Promise<void> {
  const { api: url, apiKey, simulator: simulatorUrl } = sandbox.info
  if (url === null) throw new Error('The live view needs the API.')
  const api = new ApiClient({ url, apiKey })
  for (const runner of sandbox.runners()) {
    runner.on('started', (pid) =>
      terminal.event({ arrow: '●', session: runner.name, what: `started, pid ${pid}`, colour: 'cyan' }),
    )
    runner.on('exited', ({ pid, code, signal }) => {
      terminal.event({
        arrow: '○',
        session: runner.name,
        what: `pid ${pid} ended by ${signal ?? `code ${code}`}`,
        colour: 'yellow',
      })
    })
  }
  using watch = new SessionWatch({ api, terminal, showsCodes: simulatorUrl === null })
  watch.start()
  if (simulatorUrl === null) return await driveFromOutside(api, terminal)
  await using world = await World.of(sandbox)
  const { simulator } = world
  world.events.on((event) => show(terminal, event))
  const experiments = new Experiments(world)
  await simulator.createContact(LIVE_CONTACT.phone, LIVE_CONTACT.name)
  await linkSession(api, simulator, LIVE_SESSION)
  terminal.line(`Proved: the phone scanned the QR code, and the session ${LIVE_SESSION.name} is connected.`)
  await untilQuit(terminal, {
    s: () => experiments.send(),
    r: () => experiments.receive(),
    k: () => experiments.kill(),
  })
}

/** Shows the sessions when another server stands for WhatsApp. Creates a session, with a QR code if it needs one. */
async function driveFromOutside(api: ApiClient, terminal: Terminal): Promise<void> {
  terminal.line(`The session is ${await usableSession(api)}. POST /api/sessions creates more.`)
  const fromOutside = async () =>
    'These keys need the simulator. Send with POST /api/sendText, and receive from the other server.'
  await untilQuit(terminal, { s: fromOutside, r: fromOutside })
}

/**
 * Returns the session of an earlier start. If that one is logged out or unknown to this server, creates one with the next name.
 */
async function usableSession(api: ApiClient): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? LIVE_SESSION.name : `${LIVE_SESSION.name}-${number}`
    if (await api.createSession(name)) return name
    const deadline = performance.now() + OUTCOME_LIMIT_MS
    let { status } = await api.session(name)
    while (status !== 'WORKING' && status !== 'SCAN_QR_CODE' && status !== 'FAILED' && performance.now() < deadline) {
      await pause(LOOK_EVERY_MS)
      status = (await api.session(name)).status
    }
    if (status !== 'FAILED') return name
  }
}

function show(terminal: Terminal, event: SimulatorEvent): void {
  const line = tellEvent(event)
  const session = event.phone === undefined || event.phone === LIVE_SESSION.phone ? LIVE_SESSION.name : 'another'
  if (line) terminal.event({ at: event.at, session, ...line })
}

/** Runs the action of each key, one after the other, and prints the line that the action returns. */
async function untilQuit(terminal: Terminal, actions: Record<string, () => Promise<string>>): Promise<void> {
  if (!process.stdin.isTTY) return await new Promise<never>(() => {})
  terminal.line(KEYS)
  let turn = Promise.resolve()
  await listenForKeys((key) => {
    const action = actions[key]
    if (!action) return terminal.line(KEYS)
    turn = turn.then(async () => {
      const line = await action().catch(
        (error: unknown) => `NOT proved: ${error instanceof Error ? error.message : String(error)}`,
      )
      terminal.line(terminal.paint(line.startsWith('NOT') ? 'red' : 'bold', line))
    })
  })
}
