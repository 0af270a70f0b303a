import { ALERTS } from '@holdfast/core/operations/alert-document'
import { tellWithoutSweep } from '@holdfast/core/operations/alert-tasks'
import { type Alert, raiseAlert, resolveAlert } from '@holdfast/core/operations/alerts'
import { RUNNERS, type RunnerDocument, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { DocumentStore, TaskQueues } from '@holdfast/core/platform/ports'
import type { RestartPolicy } from './restarts.ts'

/** The scope of the alert that stands for the crash loops of most runners. */
const FLEET = 'fleet'

/** A runner of the list, alive or dead, with its place. */
type Life = Pick<RunnerDocument, 'instanceId' | 'slot' | 'startedAt' | 'shortLives' | 'revision'>

interface Loops {
  /** Places whose newest process began a crash loop or goes on with one. */
  readonly looping: number
  readonly places: number
}

/**
 * Counts the places (containers or slots) of a revision that are in a crash loop. The newest process of a place counts; its predecessors
 * are there until somebody has read them.
 */
export function loopsOf(lives: readonly Life[], revision: string, alertAfter: number): Loops {
  const newest = new Map<string, Life>()
  for (const life of lives) {
    const place = life.instanceId ?? (life.slot == null ? null : `slot-${life.slot}`)
    if (place === null || (life.revision ?? '') !== revision) continue
    const known = newest.get(place)
    if (!known || known.startedAt < life.startedAt) newest.set(place, life)
  }
  const looping = [...newest.values()].filter(({ shortLives = 0 }) => shortLives >= alertAfter).length
  return { looping, places: newest.size }
}

/** Whether several crash loops have one cause, such as a bad image. */
export const isOfFleet = ({ looping, places }: Loops): boolean => looping > 1 && looping > places / 2

interface Options {
  readonly documents: DocumentStore
  readonly revision: string
  readonly policy: RestartPolicy
  readonly scope: string
}

/** Raises the alert of a place, and one for all where most runners of its revision are in a crash loop. */
export async function raiseCrashLoop({
  documents,
  tasks,
  logger,
  revision,
  policy,
  scope,
  texts,
}: Options & {
  readonly tasks: TaskQueues
  readonly logger: Logger
  readonly texts: Pick<Alert, 'sentence' | 'userAction'>
}): Promise<void> {
  const loops = loopsOf(await livesIn(documents), revision, policy.alertAfter)
  const group = isOfFleet(loops) ? { group: `crash-loop:${FLEET}` } : {}
  if (isOfFleet(loops)) {
    const of = revision === '' ? '' : ` of revision ${revision}`
    await raiseAlert(documents, {
      type: 'crash-loop',
      scope: FLEET,
      severity: 'critical',
      sentence: `${loops.looping} of ${loops.places} runners${of} are in a crash loop: the cause is probably what they have in common.`,
      userAction:
        'Go back to the revision before, if this one is new. Otherwise read the log of any runner: the last lines say why it ended.',
    })
  }
  await raiseAlert(documents, { type: 'crash-loop', scope, severity: 'critical', ...texts, ...group })
  try {
    await tellWithoutSweep({ documents, tasks }, 'crash-loop', isOfFleet(loops) ? FLEET : scope)
  } catch (error) {
    // The alert is there. To raise it again would count one crash loop as several.
    logger.warn({ error, scope }, 'The task that tells of the crash loop could not be made; the sweep tells of it.')
  }
}

/**
 * Resolves the alert of the place of a process that has worked for long enough, those of slots that nobody holds any more, and the one
 * for all when most runners are well again. Returns whether the alert of the place was open.
 */
export async function resolveCrashLoops({ documents, revision, policy, scope }: Options): Promise<boolean> {
  const wasOpen = await resolveAlert(documents, 'crash-loop', scope)
  const found = await documents.query({ collection: ALERTS, where: [['type', '==', 'crash-loop']], select: ['state', 'scope'] })
  const open = found.filter(({ fields }) => fields['state'] !== 'resolved').map(({ fields }) => String(fields['scope']))
  if (open.length === 0) return wasOpen
  const lives = await livesIn(documents)
  const held = new Set(lives.map(({ slot }) => `slot-${slot}`))
  for (const other of open) {
    if (other === FLEET ? !isOfFleet(loopsOf(lives, revision, policy.alertAfter)) : other.startsWith('slot-') && !held.has(other))
      await resolveAlert(documents, 'crash-loop', other)
  }
  return wasOpen
}

async function livesIn(documents: DocumentStore): Promise<readonly Life[]> {
  const runners = await documents.query({ collection: RUNNERS })
  return runners.flatMap(({ fields }) => runnerDocumentSchema.safeParse(fields).data ?? [])
}
