import { ApiClient } from '../outside/api-client.ts'
import { EventReader } from '../outside/event-reader.ts'
import type { Ledger } from '../outside/figures.ts'
import { InFlightWatch } from '../outside/in-flight.ts'
import { linkSession, type LinkedSession } from '../outside/linked-session.ts'
import { Recoveries } from '../outside/recoveries.ts'
import { SimulatorClient } from '../outside/simulator-client.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'

export interface ChaosSession extends LinkedSession {
  contacts: readonly string[]
}

/** Everything that a loop needs: the sandbox to strike, the two outsides to judge by, and the sessions. */
export interface World {
  sandbox: Sandbox
  api: ApiClient
  simulator: SimulatorClient
  events: EventReader
  ledger: Ledger
  recoveries: Recoveries
  watch: InFlightWatch
  sessions: readonly ChaosSession[]
  tell: (line: string) => void
}

const CONTACTS = 2

export async function createWorld(sandbox: Sandbox, sessions: number, tell: (line: string) => void): Promise<World> {
  const { api: url, apiKey, simulator: simulatorUrl } = sandbox.info
  if (url === null || simulatorUrl === null) throw new Error('Chaos needs the API and the simulator.')
  const api = new ApiClient({ url, apiKey })
  const simulator = new SimulatorClient(simulatorUrl)
  const events = await EventReader.open(simulatorUrl)
  const ledger: Ledger = { accepted: [], issued: [] }
  const recoveries = new Recoveries(events)
  const watch = new InFlightWatch({ simulator, api, ledger, events })
  const linked: ChaosSession[] = []
  for (let number = 1; number <= sessions; number++) linked.push(await createSession(api, simulator, number))
  tell(`${sessions} phones are linked.`)
  return { sandbox, api, simulator, events, ledger, recoveries, watch, sessions: linked, tell }
}

async function createSession(api: ApiClient, simulator: SimulatorClient, number: number): Promise<ChaosSession> {
  const digits = String(number).padStart(2, '0')
  const contacts = Array.from({ length: CONTACTS }, (_, index) => `55118${digits}0000${index + 1}`)
  for (const [index, contact] of contacts.entries()) {
    // The second keeps his delivery receipts to himself: whether a message reached him without its ack shows only in the resend.
    await simulator.createContact(contact, `Contact ${number}.${index + 1}`, { autoReceipt: index === 0 })
  }
  const session = await linkSession(api, simulator, { name: `chaos-${number}`, phone: `55119${digits}00000` })
  return { ...session, contacts }
}
