import type { SeenJournal, SeenRecord } from './journal-watch.ts'

/** A login, as the simulator tells of it. */
export interface Login {
  readonly sessionId: string
  /** The process that logged in, by slot and pid. */
  readonly client: string
  /** ms, by the simulator's clock, which is Firestore's. */
  readonly at: number
}

/** What was seen of the ownership of all sessions, from both sides. */
export interface Ownership {
  readonly journals: readonly SeenJournal[]
  /** In the simulator's order. */
  readonly logins: readonly Login[]
  /** The runner id of each process. */
  readonly runnerOf: ReadonlyMap<string, string>
}

/**
 * Returns a sentence for each sign that a session had two owners at the same time. Pure.
 *
 * In the journal: a number that was written twice; a number that is missing; a record that does not follow the one before it; a record
 * of a lower epoch after one of a higher epoch, or of another runner than the one that claimed the epoch; an epoch that was claimed twice.
 *
 * At WhatsApp a new login ends the connection before it, so that two connections of one device never both have an effect. An owner that
 * has been replaced is therefore seen when it comes back: a login of a lower epoch after a login of a higher one, or a login of a runner
 * that had not claimed the session. (What a replaced connection goes on to say is a violation, which the simulator counts itself.)
 */
export function doubleOwners({ journals, logins, runnerOf }: Ownership): string[] {
  const findings = journals.flatMap(faultsOfJournal)
  const claims = new Map(journals.map(({ sessionId, records }) => [sessionId, records.filter(({ kind }) => kind === 'claim')]))
  for (const [sessionId, own] of Map.groupBy(logins, (login) => login.sessionId)) {
    findings.push(...faultsOfLogins(sessionId, own, claims.get(sessionId) ?? [], runnerOf))
  }
  return findings
}

function faultsOfJournal({ sessionId, records, rewritten, covered }: SeenJournal): string[] {
  const faults = rewritten.map((seq) => `record ${seq} was written twice`)
  const ownerOf = new Map<number, string>()
  let before: Pick<SeenRecord, 'seq' | 'epoch' | 'hash'> = { seq: 0, epoch: 0, hash: '' }
  for (const record of records) {
    const { seq, epoch, kind, runnerId, prevHash } = record
    const missing = Array.from({ length: seq - before.seq - 1 }, (_, index) => before.seq + 1 + index)
    if (missing.some((one) => !covered.has(one))) faults.push(`records ${before.seq + 1} to ${seq - 1} are missing`)
    else if (missing.length === 0 && prevHash !== before.hash) faults.push(`record ${seq} does not follow record ${before.seq}`)
    if (epoch < before.epoch) faults.push(`record ${seq} has epoch ${epoch} after epoch ${before.epoch}`)
    if (kind === 'claim' && epoch <= before.epoch) faults.push(`record ${seq} claims epoch ${epoch} a second time`)
    if (kind === 'claim') ownerOf.set(epoch, runnerId)
    else if (ownerOf.get(epoch) !== runnerId) faults.push(`record ${seq} of epoch ${epoch} is not by the runner that claimed it`)
    before = record
  }
  return faults.map((fault) => `two owners: ${sessionId}: ${fault}`)
}

function faultsOfLogins(
  sessionId: string,
  logins: readonly Login[],
  claims: readonly SeenRecord[],
  runnerOf: Ownership['runnerOf'],
): string[] {
  const faults: string[] = []
  let highest = 0
  for (const { client, at } of logins) {
    const runnerId = runnerOf.get(client)
    const epoch = claims.findLast((claim) => claim.runnerId === runnerId && claim.createdAt <= at)?.epoch
    if (epoch === undefined) faults.push(`${client} (${runnerId ?? 'unknown'}) logged in without a claim`)
    else if (epoch < highest) faults.push(`${client} logged in with epoch ${epoch} after a login of epoch ${highest}`)
    highest = Math.max(highest, epoch ?? 0)
  }
  return faults.map((fault) => `two owners: ${sessionId}: ${fault}`)
}
