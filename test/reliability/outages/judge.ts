import type { OutageVerdict } from '@holdfast/core/operations/network-report'
import { type OutageCase, verdictOf } from './cases.ts'

/** What one session had to lose. */
export interface Possession {
  readonly session: string
  /** Attempts that it has spent: failures of WhatsApp, rounds of QR codes, deaths of its runners. */
  readonly spent: { readonly whatsapp: number; readonly pairings: number; readonly crashes: number }
  readonly deviceJid: string | null
  readonly registrations: number
  readonly journalHead: number
}

/** The facts about one outage. */
export interface CaseFacts {
  readonly case: OutageCase
  readonly before: readonly Possession[]
  /** At the end of the ten minutes, before anything came back. */
  readonly during: readonly Possession[]
  readonly after: readonly Possession[]
  /** Verdicts on the fleet, from the first minute to the last. */
  readonly verdicts: readonly OutageVerdict[]
  /** `state reason` that sessions showed. */
  readonly states: readonly string[]
  /** Ids of alerts that were opened, once for each opening. */
  readonly opened: readonly string[]
  readonly stillOpen: readonly string[]
  /** Recoveries that were recorded: `type step state`. */
  readonly recoveries: readonly string[]
  /** Messages that are missing or doubled, and other damage. */
  readonly damage: readonly string[]
}

/** States in which a session waits for a person, or asks for a scan. */
const LOST = /^(LOGGED_OUT|BANNED|NEEDS_ATTENTION|QUARANTINED|PAIRING|STOPPED) /

/** Steps that cannot be taken back. */
const DESTRUCTIVE = /^(restore|logout) |\b(restore|new-qr)\b/

/** Says what did not hold. */
export function findingsOf(facts: CaseFacts): string[] {
  return [
    ...facts.states.filter((state) => LOST.test(state)).map((state) => `a session was ${state}`),
    ...facts.recoveries.filter((recovery) => DESTRUCTIVE.test(recovery)).map((recovery) => `a destructive step: ${recovery}`),
    ...[...facts.during, ...facts.after].flatMap((later) => lossesOf(facts, later)),
    ...verdictFindings(facts),
    ...alertFindings(facts),
    ...facts.damage,
  ]
}

function lossesOf({ before }: CaseFacts, { session, ...later }: Possession): string[] {
  const earlier = before.find((one) => one.session === session)
  if (!earlier) return [`${session} is new`]
  const spent = Object.entries(later.spent).filter(([kind, count]) => count > earlier.spent[kind as keyof Possession['spent']])
  return [
    ...spent.map(([kind, count]) => `${session} spent attempts: ${kind} ${count}`),
    ...(later.deviceJid === earlier.deviceJid ? [] : [`${session} has another device`]),
    ...(later.registrations === earlier.registrations ? [] : [`${session} was linked anew`]),
    ...(later.journalHead >= earlier.journalHead ? [] : [`the journal of ${session} became shorter`]),
  ]
}

function verdictFindings({ case: { services }, verdicts }: CaseFacts): string[] {
  const wanted = verdictOf(services)
  const last = verdicts.at(-1) ?? 'none'
  return [
    ...(wanted !== null && !verdicts.includes(wanted) ? [`the fleet came to ${verdicts.join(', ')} and not to ${wanted}`] : []),
    ...(last === 'none' ? [] : [`the verdict ${last} stayed after the outage`]),
  ]
}

function alertFindings({ case: { services, how }, opened, stillOpen }: CaseFacts): string[] {
  const outages = opened.filter((id) => id.startsWith('outage:'))
  // Two services are two outages. A half-open network is noticed by one runner first, which may look like that runner's own trouble.
  const mostAlerts = services.length + (how === 'hang' ? 1 : 0)
  return [
    ...(outages.length > mostAlerts ? [`${outages.length} alerts told of it: ${outages.join(', ')}`] : []),
    ...(outages.length === 0 && verdictOf(services) !== null ? ['no alert told of the outage'] : []),
    ...stillOpen.map((id) => `the alert ${id} stayed open`),
  ]
}
