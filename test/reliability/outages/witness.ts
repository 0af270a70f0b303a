import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import { ALERTS } from '@holdfast/core/operations/alert-document'
import { FLEET_SCOPE, healthPath } from '@holdfast/core/operations/health-document'
import type { OutageVerdict } from '@holdfast/core/operations/network-report'
import { RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import { RUNNERS, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { setTimeout as pause } from 'node:timers/promises'

const LOOK_EVERY_MS = 300

/** What the documents showed over some time. */
export interface Seen {
  /** Verdicts on the fleet, in their order, without repetitions. */
  readonly verdicts: OutageVerdict[]
  /** Verdicts of runners on themselves. */
  readonly ofRunners: Set<OutageVerdict>
  /** `state reason` of the sessions. */
  readonly states: Set<string>
}

/** Looks at the documents as an operator does in the console, past the networks that are cut. */
export class Witness {
  readonly #google: GoogleClients
  readonly seen: Seen = { verdicts: [], ofRunners: new Set(), states: new Set() }
  #isOver = false
  #looking: Promise<void> = Promise.resolve()

  constructor(google: GoogleClients) {
    this.#google = google
  }

  start(): void {
    this.#looking = this.#lookOn()
  }

  async stop(): Promise<Seen> {
    this.#isOver = true
    await this.#looking
    return this.seen
  }

  async #lookOn(): Promise<void> {
    while (!this.#isOver) {
      const { documents } = this.#google
      const [fleet, runners, sessions] = await Promise.all([
        fleetVerdict(this.#google),
        runnerVerdicts(this.#google),
        documents.query({ collection: SESSIONS, select: ['state', 'reason'] }),
      ])
      if (fleet !== this.seen.verdicts.at(-1)) this.seen.verdicts.push(fleet)
      for (const verdict of runners) this.seen.ofRunners.add(verdict)
      for (const { fields } of sessions) this.seen.states.add(`${String(fields['state'])} ${String(fields['reason'])}`)
      await pause(LOOK_EVERY_MS)
    }
  }
}

export async function fleetVerdict({ documents }: GoogleClients): Promise<OutageVerdict> {
  const found = await documents.read(healthPath(FLEET_SCOPE))
  return (found?.fields['outage'] as { verdict?: OutageVerdict } | null | undefined)?.verdict ?? 'none'
}

/** The verdicts of the runners that have sessions. A runner without any looks around rarely. */
export async function runnerVerdicts({ documents }: GoogleClients): Promise<OutageVerdict[]> {
  const runners = await documents.query({ collection: RUNNERS })
  const parsed = runners.flatMap(({ fields }) => runnerDocumentSchema.safeParse(fields).data ?? [])
  return parsed.flatMap(({ sessions, network }) => (Object.keys(sessions).length === 0 ? [] : [network?.verdict ?? 'none']))
}

export interface Alert {
  readonly id: string
  readonly isOpen: boolean
  readonly opening: number
}

export async function alertsOf({ documents }: GoogleClients): Promise<Alert[]> {
  const alerts = await documents.query({ collection: ALERTS })
  return alerts.map(({ id, fields }) => ({
    id,
    isOpen: fields['state'] !== 'resolved',
    opening: typeof fields['opening'] === 'number' ? fields['opening'] : 1,
  }))
}

/** The steps of recoveries that somebody took or asked for: `type step state`. */
export async function recoveriesOf({ documents }: GoogleClients): Promise<string[]> {
  const actions = await documents.query({ collection: RECOVERY_ACTIONS })
  return actions.map(({ fields }) => [fields['type'], fields['step'], fields['state']].map((part) => String(part)).join(' '))
}
