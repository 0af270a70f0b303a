import { length } from '../output/time.ts'
import type { SessionSeen, Snapshot, TenantSeen } from './snapshot.ts'

/** Something that a person should do, with the command for it. */
export interface Recommendation {
  readonly code: string
  readonly tenant: string | null
  readonly session: string | null
  readonly sentence: string
  readonly command: string
}

/** A session that changes is backed up every hour; one that nobody uses for a week may well have an old one. */
const OLD_BACKUP_MS = 7 * 86_400_000

/** A reconnection that works by itself takes less. */
const LONG_START_MS = 5 * 60_000

/** A pending message is sent within seconds, unless something holds it. */
const OLD_MESSAGE_MS = 15 * 60_000

/** Decides what a person should do, the most urgent first. Pure. */
export function recommend(snapshot: Snapshot, now: number): Recommendation[] {
  return [
    ...ofFleet(snapshot),
    ...snapshot.tenants.flatMap((tenant) => [
      ...tenant.proposed.map(({ id, session, why }) => ({
        ...of(tenant, session),
        code: 'approval-needed',
        sentence: `A recovery${session === null ? '' : ` of ${session}`} waits for an approval: ${why}`,
        command: `holdfast recoveries approve ${id}`,
      })),
      ...tenant.sessions.flatMap((session) => ofConnection(tenant, session, now) ?? []),
    ]),
    ...snapshot.tenants.flatMap(ofQueue),
    ...snapshot.tenants.flatMap((tenant) => tenant.sessions.flatMap((session) => ofState(tenant, session, now))),
    ...ofAlerts(snapshot),
  ].map((each) => (snapshot.mustNameTenant ? { ...each, command: inTenant(each) } : each))
}

const of = ({ tenant }: TenantSeen, session: string | null) => ({ tenant, session })

const INSTALLATION = { tenant: null, session: null }

function ofFleet({ health, fleet }: Snapshot): Recommendation[] {
  const found: Recommendation[] = []
  const isAlone = health.problems.some(({ code }) => code === 'no-runner' || code === 'runner-lost')
  if (isAlone) {
    found.push({
      ...INSTALLATION,
      code: 'no-runner',
      sentence: health.problems.find(({ code }) => code === 'no-runner' || code === 'runner-lost')?.sentence ?? '',
      command: 'holdfast doctor',
    })
  }
  if (fleet?.noRoom) {
    found.push({
      ...INSTALLATION,
      code: 'no-room',
      sentence: `${fleet.noRoom.sentence} ${fleet.noRoom.userAction}`,
      command: 'holdfast doctor',
    })
  }
  return found
}

/** What keeps a session from its connection, or null. */
function ofConnection(tenant: TenantSeen, session: SessionSeen, now: number): Recommendation | null {
  const { name, status, sentence, userAction, since } = session
  const base = {
    ...of(tenant, name),
    code: session.reason,
    sentence: `${name}: ${sentence}${userAction ? ` ${userAction}` : ''}`,
  }
  if (status === 'SCAN_QR_CODE') return { ...base, command: `holdfast pair ${name}` }
  if (status === 'STARTING' && since !== null && now - Date.parse(since) > LONG_START_MS) {
    return {
      ...base,
      sentence: `${base.sentence} It has been like that for ${length(now - Date.parse(since))}.`,
      command: `holdfast recover ${name} --dry-run`,
    }
  }
  const waitsForPerson = status === 'FAILED' || session.reason === 'archive-of-later-version'
  return waitsForPerson ? { ...base, command: commandOf(session) } : null
}

type Reason = SessionSeen['reason']

/** What a restore may mend. It first says what would be lost. */
const RESTORED = new Set<Reason>(['journal-gap', 'journal-damaged', 'journal-short', 'checkpoint-lost'])

/** What lies outside of the session: stores, rights, keys, versions. docs/STATES.md has the commands for each. */
const OUTSIDE = new Set<Reason>([
  'journal-missing',
  'state-unreachable',
  'store-missing',
  'store-forbidden',
  'document-invalid',
  'unknown-version',
  'archive-of-later-version',
  'wrong-key',
  'wrapping-key-unavailable',
  'data-key-missing',
  'data-key-damaged',
  'client-outdated',
  'no-room',
])

/** What waits for a phone. */
const UNPAIRED = new Set<Reason>(['logged-out', 'logged-out-on-request', 'qr-not-scanned', 'pairing-failed'])

/** The command for a session that waits for a person. */
function commandOf({ name, reason }: SessionSeen): string {
  if (RESTORED.has(reason)) return `holdfast restore ${name} --dry-run`
  if (OUTSIDE.has(reason)) return 'holdfast doctor'
  if (UNPAIRED.has(reason)) return `holdfast pair ${name}`
  if (reason === 'data-key-destroyed') return `holdfast pair ${name} --create`
  if (reason === 'crashes-its-runner') return `holdfast sessions restart ${name}`
  // Two programs with one state damage it, so that the person has to say that there is one.
  if (reason === 'exported') return `holdfast sessions start ${name} --confirm-exported`
  return `holdfast sessions start ${name}`
}

function ofQueue(tenant: TenantSeen): Recommendation[] {
  const { failed, oldest } = tenant.queue
  const found: Recommendation[] = []
  if (failed > 0) {
    const sentence = failed === 1 ? 'One message has failed.' : `${failed} messages have failed.`
    found.push({ ...of(tenant, null), code: 'failed-messages', sentence, command: 'holdfast failed list' })
  }
  if (oldest !== null && oldest.ageMs > OLD_MESSAGE_MS) {
    const sentence = `The oldest message has waited for ${length(oldest.ageMs)}.`
    found.push({ ...of(tenant, null), code: 'old-messages', sentence, command: 'holdfast queue list --status pending' })
  }
  return found
}

const DUE = new Set(['cleanup', 'emergency', 'danger', 'fatal'])

/** What a session's stored state asks for. */
function ofState(tenant: TenantSeen, { name, status, account, records, backups }: SessionSeen, now: number): Recommendation[] {
  const found: Recommendation[] = []
  const base = of(tenant, name)
  if (records?.mustRotate) {
    const sentence = `${name} has ${records.count} records, and a clean-up does not help any more: it needs a new device.`
    found.push({ ...base, code: 'rotate', sentence, command: `holdfast rotate ${name}` })
  } else if (records && DUE.has(records.level)) {
    const sentence = `${name} has ${records.count} records, which is ${records.level}.`
    found.push({ ...base, code: 'records', sentence, command: `holdfast cleanup ${name} --dry-run` })
  }
  // A session that was never linked has nothing to keep.
  if (backups === null || status !== 'WORKING' || account === null) return found
  if (backups.newestAt === null) {
    found.push({ ...base, code: 'no-backup', sentence: `${name} has no backup yet.`, command: `holdfast backup ${name}` })
  } else if (now - Date.parse(backups.newestAt) > OLD_BACKUP_MS) {
    const sentence = `The newest backup of ${name} is ${length(now - Date.parse(backups.newestAt))} old.`
    found.push({ ...base, code: 'old-backup', sentence, command: `holdfast backup ${name}` })
  }
  return found
}

function ofAlerts({ alerts }: Snapshot): Recommendation[] {
  const open = alerts.filter(({ state, severity }) => state === 'open' && severity !== 'info')
  if (open.length === 0) return []
  const sentence = open.length === 1 ? `One alert is open: ${open[0]?.sentence ?? ''}` : `${open.length} alerts are open.`
  return [{ ...INSTALLATION, code: 'open-alerts', sentence, command: 'holdfast alerts' }]
}

const inTenant = ({ tenant, command }: Recommendation): string =>
  tenant === null || tenant === 'default' || command === 'holdfast doctor' ? command : `${command} --tenant ${tenant}`
