import type { EventReader } from '../../../support/event-reader.ts'
import type { SupervisedProcess } from '../../../../sandbox/processes.ts'
import type { Login } from './ownership.ts'

/** The name by which the simulator knows a process of a runner. */
const clientOf = ({ name, pid }: SupervisedProcess): string => `${name}.${pid}`

/** Tells which process speaks for each phone, from the simulator's events and the runners' own lines. */
export class FleetWatch {
  /** The logins with the phones instead of the sessions, in the simulator's order. */
  readonly logins: (Omit<Login, 'sessionId'> & { phone: string })[] = []
  /** The runner id of each process. */
  readonly runnerOf = new Map<string, string>()
  readonly #clientOf = new Map<string, string>()
  /** The deaf connection of each phone. */
  readonly #deaf = new Map<string, number>()

  constructor(events: Pick<EventReader, 'on'>) {
    events.on(({ type, phone, client, connection, at }) => {
      if (phone === undefined) return
      if (type === 'deafened' && connection !== undefined) this.#deaf.set(phone, connection)
      if (type === 'disconnect' && this.#deaf.get(phone) === connection) this.#deaf.delete(phone)
      if (type !== 'login') return
      this.logins.push({ phone, client: String(client), at })
      this.#clientOf.set(phone, String(client))
    })
  }

  /** Learns the runner ids of a slot's processes from what they print. */
  follow(runner: SupervisedProcess): void {
    runner.on('printed', (line, pid) => {
      const client = `${runner.name}.${pid}`
      const id = this.runnerOf.has(client) ? undefined : /"runner":"(runner-[0-9a-f]+)"/.exec(line)?.[1]
      if (id !== undefined) this.runnerOf.set(client, id)
    })
  }

  /** The process that logged in last for a phone. */
  speakerOf(phone: string): string | undefined {
    return this.#clientOf.get(phone)
  }

  isDeaf(phone: string): boolean {
    return this.#deaf.has(phone)
  }

  /** The phones for which the present process of a slot speaks. */
  phonesOf(runner: SupervisedProcess): string[] {
    const client = clientOf(runner)
    return [...this.#clientOf].flatMap(([phone, speaker]) => (speaker === client ? [phone] : []))
  }
}
