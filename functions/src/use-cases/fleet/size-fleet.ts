import { unlessChanged } from '@holdfast/core/platform/unless-changed'
import { FLEET_SIZE_PATH, type FleetSize, fleetSizeSchema } from '@holdfast/core/operations/fleet-size-document'
import type { SizingPolicy } from '@holdfast/core/platform/fleet-settings'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import type { Dependencies } from '../dependencies.ts'
import type { FleetFacts } from '../fleet-facts.ts'
import { type Sizing, sizeOf } from './sizing.ts'

type Needed = Pick<Dependencies, 'documents' | 'logger' | 'fleet'>

/** The capacity of a runner before any runner has told its own. */
const USUAL_CAPACITY = 50

const SENTENCES: Record<Sizing['why'], string> = {
  enough: 'The fleet has as many runners as its sessions need.',
  'more-needed': 'The sessions need more runners.',
  'fewer-needed': 'Fewer runners have been enough for a while; one less.',
  'calm-not-over': 'Fewer runners would be enough; none goes before that has lasted.',
  'not-at-rest': 'Fewer runners would be enough; none goes while the fleet is not at rest.',
  'at-maximum': 'The sessions need more runners than FLEET_MAX allows.',
}

/**
 * Sets the number of runners on Cloud Run by the sessions, where that is configured, and writes what it knows into `fleet/size`. Returns 1
 * when it changed the number. Of two runs at once one changes it.
 */
export async function sizeFleet({ documents, logger, fleet }: Needed, facts: FleetFacts): Promise<number> {
  const found = await documents.read(FLEET_SIZE_PATH)
  const before = found ? (fleetSizeSchema.safeParse(found.fields).data ?? null) : null
  const state = fleet ? await fleet.pool.read() : null
  const { size, target, why } = nextSize({ facts, before, instances: state?.instances ?? null, policy: fleet?.policy ?? null })
  const known = { ...size, instances: target }
  if (before && isSame(before, known)) return 0
  if (!(await written(documents, found, known))) return 0
  if (!fleet || !state || target === null || target === state.instances) return 0
  logger.info({ from: state.instances, to: target, why, wanted: size.wanted }, `The number of runners changes: ${size.sentence}`)
  await fleet.pool.resize(target)
  return 1
}

/** Decides from what was found. */
function nextSize(given: {
  readonly facts: Pick<FleetFacts, 'nowMs' | 'runners' | 'counts' | 'sessions'>
  readonly before: FleetSize | null
  readonly instances: number | null
  readonly policy: SizingPolicy | null
}): { size: FleetSize; target: number | null; why: Sizing['why'] | null } {
  const { facts, before, instances, policy } = given
  const { nowMs, counts } = facts
  const atWork = facts.runners.filter(({ isDead, document }) => !isDead && document.state === 'active')
  const capacity = Math.max(...atWork.map(({ document }) => document.capacity), 0) || (before?.capacity ?? USUAL_CAPACITY)
  const room = atWork.reduce((sum, { document }) => sum + document.capacity, 0)
  const [wanted, unplaced] = [counts.wanted, Math.max(0, counts.wanted - room)]
  const said = unplaced === 0 ? '' : ` ${unplaced} session(s) have no runner with room for them.`
  const plain = { v: 1 as const, wanted, unplaced, capacity }
  if (instances === null || policy === null) {
    const unsized = { instances: null, needed: null, lowerSince: null, changedAt: null, changedFrom: null }
    return {
      size: { ...plain, ...unsized, sentence: `The number of runners is not set by itself.${said}` },
      target: null,
      why: null,
    }
  }
  const since = (at: Date | null | undefined): number => (at ? nowMs - at.getTime() : Number.POSITIVE_INFINITY)
  const sizing = sizeOf(
    {
      wanted,
      capacity,
      instances,
      lowerForMs: before?.lowerSince ? since(before.lowerSince) : 0,
      unchangedForMs: since(before?.changedAt),
      isAtRest: isAtRest(facts, atWork.length, instances),
    },
    policy,
  )
  const changes = sizing.target !== instances
  return {
    size: {
      ...plain,
      instances,
      needed: sizing.needed,
      lowerSince: sizing.needed < instances ? (before?.lowerSince ?? new Date(nowMs)) : null,
      changedAt: changes ? new Date(nowMs) : (before?.changedAt ?? null),
      changedFrom: changes ? instances : (before?.changedFrom ?? null),
      sentence: `${SENTENCES[sizing.why]}${said}`,
    },
    target: sizing.target,
    why: sizing.why,
  }
}

/** No instance goes while runners come, leave or are lost, while one sees an outage, or while two revisions are there. */
function isAtRest({ runners }: Pick<FleetFacts, 'runners'>, atWork: number, instances: number): boolean {
  const alive = runners.filter(({ isDead }) => !isDead)
  const revisions = new Set(alive.map(({ document }) => document.revision ?? ''))
  const seesOutage = alive.some(({ document: { network } }) => network !== undefined && network.verdict !== 'none')
  return atWork === instances && alive.length === atWork && revisions.size <= 1 && !seesOutage
}

/** Leaves the document as it is when nothing but time has passed. */
const isSame = (one: FleetSize, other: FleetSize): boolean => JSON.stringify(one) === JSON.stringify(fleetSizeSchema.parse(other))

async function written(documents: DocumentStore, found: Awaited<ReturnType<DocumentStore['read']>>, fields: FleetSize) {
  try {
    await documents.commit([unlessChanged(FLEET_SIZE_PATH, found, fields)])
    return true
  } catch {
    // Another run was faster, or the next one sees the same.
    return false
  }
}
