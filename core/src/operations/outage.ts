import type { ReasonCode } from '../session/session-states.ts'
import type { HealthDocument } from './health-document.ts'
import type { NetworkReport, OutageVerdict, ProbeTarget } from './network-report.ts'
import type { RunnerDocument } from './runner-document.ts'

/*
 * Where an outage lies. Both decisions are pure. `none` also means that one session alone is in trouble, or that nothing is known.
 *
 * What one runner concludes from its own probes and sessions. The first row that fits decides. "Google" stands for Firestore, Cloud
 * Storage and Cloud Tasks together; "-" for any value, unknown included. A session that received a frame after the last probe ("heard")
 * outweighs a failed probe of WhatsApp.
 *
 * sessions                 WhatsApp       DNS   neutral  Google   verdict
 * most were refused        -              -     -        -        whatsapp  it answers, and lets nobody in
 * most were cut off        works          -     -        -        whatsapp  its servers accept connections and drop them
 * not heard                fails          -     works    -        whatsapp  the rest of the network works
 * not heard                fails          -     fails    works    runner    only Google can be reached from here
 * not heard                fails          -     fails    other    fleet     nothing can be reached, so nobody tells why
 * not heard                fails          fails unknown  works    runner    names do not resolve here
 * not heard                fails          other unknown  works    whatsapp
 * not heard                fails          -     unknown  fails    fleet
 * heard                    -              -     -        fails    google
 * -                        works          -     -        fails    google
 * -                        -              -     works    fails    google
 * anything else                                                   none
 *
 * What all runners show together. A runner has a voice while it is alive and reports. "Reach" counts the voices that reach WhatsApp, by a
 * fresh probe or by a frame within half a minute, in which every connection is pinged,
 * "WhatsApp" those whose own verdict is `whatsapp`, "cut off" those that reach nothing outside Google.
 *
 * voices                                                                  verdict   which runners
 * none, and two or more runners fell silent                               fleet     all
 * none otherwise                                                          none
 * three or more sessions fail, most of all, on two or more runners,       whatsapp  all
 *   whose probes say that WhatsApp's servers accept connections
 * WhatsApp > reach                                                        whatsapp  those
 * WhatsApp + cut off > 0, and somebody reaches it                         runner    those: others show that WhatsApp works
 * two or more are cut off, and nobody reaches WhatsApp                    egress    those
 * one is cut off, and nobody reaches WhatsApp                             runner    that one
 * some say google                                                         google    those
 * anything else                                                           none
 */

/** What a runner saw of its sessions since the last probes: frames of WhatsApp, or that most dials were refused or cut off. */
export type SessionsSeen = 'heard' | 'refused' | 'cut-off' | 'unknown'

/** What a runner can reach. An absent target is not known. */
export type Reach = Readonly<Partial<Record<ProbeTarget, boolean>>>

/** The conclusion of one runner. Never `egress`, which takes two. */
export function runnerOutage(reach: Reach, sessions: SessionsSeen): OutageVerdict {
  const { dns, whatsapp, neutral } = reach
  const google = reachesGoogle(reach)
  if (sessions === 'refused') return 'whatsapp'
  if (sessions === 'cut-off' && whatsapp === true) return 'whatsapp'
  if (sessions !== 'heard' && whatsapp === false) {
    if (neutral === true) return 'whatsapp'
    if (neutral === false) return google === true ? 'runner' : 'fleet'
    if (google === true) return dns === false ? 'runner' : 'whatsapp'
    return google === false ? 'fleet' : 'none'
  }
  const somethingWorks = sessions === 'heard' || whatsapp === true || neutral === true
  return google === false && somethingWorks ? 'google' : 'none'
}

/** False when one of Google's services fails, true when those that are known work. */
function reachesGoogle({ google, storage, tasks }: Reach): boolean | undefined {
  if ([google, storage, tasks].includes(false)) return false
  return google
}

/** One runner, as the fleet sees it. */
export interface FleetMember {
  readonly runnerId: string
  /** Whether its heartbeat is fresh by Firestore's times. */
  readonly isAlive: boolean
  /** Null: it does not report, and has no voice. */
  readonly network: NetworkReport | null
  /** Whether one of its sessions is connected. */
  readonly isConnected: boolean
}

export const memberOf = (runnerId: string, runner: RunnerDocument, isAlive: boolean): FleetMember => ({
  runnerId,
  isAlive,
  network: runner.network ?? null,
  isConnected: Object.values(runner.sessions).some(({ state }) => state === 'CONNECTED'),
})

export interface FleetOutage {
  readonly verdict: OutageVerdict
  /** The runners that it concerns. Empty: all. */
  readonly runners: readonly string[]
}

const CUT_OFF: readonly OutageVerdict[] = ['runner', 'egress', 'fleet']

/** The conclusion from the reports of all runners. */
export function fleetOutage(members: readonly FleetMember[]): FleetOutage {
  const voices = members.flatMap(({ network, ...member }) => (member.isAlive && network ? [{ ...member, network }] : []))
  if (voices.length === 0) {
    const silent = members.filter(({ isAlive }) => !isAlive).length
    return { verdict: silent >= 2 && silent === members.length ? 'fleet' : 'none', runners: [] }
  }
  const those = (some: readonly FleetMember[]) => (some.length === voices.length ? [] : some.map(({ runnerId }) => runnerId))
  const blaming = voices.filter(({ network }) => network.verdict === 'whatsapp')
  const cutOff = voices.filter(({ network }) => CUT_OFF.includes(network.verdict))
  const reaching = voices.filter(reachesWhatsApp)
  if (isMass(voices)) return { verdict: 'whatsapp', runners: [] }
  if (blaming.length > reaching.length) return { verdict: 'whatsapp', runners: those(blaming) }
  const troubled = [...blaming, ...cutOff]
  if (troubled.length > 0 && reaching.length > 0) return { verdict: 'runner', runners: named(troubled) }
  if (cutOff.length >= 2) return { verdict: 'egress', runners: those(cutOff) }
  if (cutOff.length === 1) return { verdict: 'runner', runners: named(cutOff) }
  const cutFromGoogle = voices.filter(({ network }) => network.verdict === 'google')
  if (cutFromGoogle.length > 0) return { verdict: 'google', runners: those(cutFromGoogle) }
  return { verdict: 'none', runners: [] }
}

type Voice = FleetMember & { readonly network: NetworkReport }

const named = (some: readonly FleetMember[]): string[] => some.map(({ runnerId }) => runnerId)

/** Connections are pinged within this time, so that a session that has heard nothing for longer proves nothing. */
const HEARD_WITHIN_MS = 32_000

function reachesWhatsApp({ network, isConnected }: Voice): boolean {
  if (network.verdict !== 'none' && network.verdict !== 'google') return false
  if (network.probes.whatsapp) return network.probes.whatsapp.ok
  // Runners of an earlier version do not say when they heard it.
  const { heardAgoMs } = network
  return heardAgoMs === undefined ? isConnected : heardAgoMs !== null && heardAgoMs <= HEARD_WITHIN_MS
}

/** The number of failing sessions from which on they are no accident of single sessions. */
export const MASS_OF_SESSIONS = 3

/** Whether so many of these sessions fail that the cause cannot lie in the sessions. */
export const isMassFailure = ({ failing, sessions }: { failing: number; sessions: number }): boolean =>
  failing >= MASS_OF_SESSIONS && failing * 2 > sessions

function isMass(voices: readonly Voice[]): boolean {
  const dials = voices.flatMap(({ network }) => network.dials ?? [])
  const failing = voices.filter(({ network }) => (network.dials?.failing ?? 0) > 0)
  // Before the probes have told what works, the cause is open.
  if (failing.length < 2 || !failing.every(({ network }) => network.probes.whatsapp?.ok === true)) return false
  const sum = (key: 'failing' | 'sessions') => dials.reduce((total, each) => total + each[key], 0)
  // A runner that is cut off explains its own failing sessions.
  if (voices.some(({ network }) => CUT_OFF.includes(network.verdict))) return false
  return isMassFailure({ failing: sum('failing'), sessions: sum('sessions') })
}

/** The age at which nobody believes a verdict on the fleet any more. The sweep renews it each minute. */
export const FLEET_VERDICT_LIMIT_MS = 5 * 60_000

/**
 * The verdict on the fleet as far as it concerns a runner. A verdict that nobody has renewed counts for nothing, so that dead functions
 * keep no session from its connection.
 *
 * @param silentForMs how long ago the document was written, by Firestore's times
 */
export function outageFor(runnerId: string, outage: HealthDocument['outage'], silentForMs: number): OutageVerdict {
  if (!outage || silentForMs > FLEET_VERDICT_LIMIT_MS) return 'none'
  return outage.runners.length === 0 || outage.runners.includes(runnerId) ? outage.verdict : 'none'
}

/** The reason that a session shows while the outage keeps it from dialling. Null: the outage keeps nobody from it. */
export function holdReasonOf(verdict: OutageVerdict): Extract<ReasonCode, `outage-${string}`> | null {
  if (verdict === 'whatsapp') return 'outage-whatsapp'
  return CUT_OFF.includes(verdict) ? 'outage-network' : null
}
