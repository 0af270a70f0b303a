import { type AlertDocument, ALERTS, alertDocumentSchema } from '@holdfast/core/operations/alert-document'
import { RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { alertAnswer, maySee } from '../alerts/list-alerts.ts'
import type { Dependencies } from '../dependencies.ts'
import { answerOf } from '../recoveries/action-answer.ts'
import { mayKnow } from '../recoveries/recoveries.ts'
import type { Source, Tell } from './feed.ts'
import { watch } from './watch.ts'

const READS_AGAIN_MS = 1000

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger'>

/**
 * Tells of the alerts that are not over, and of the end of each.
 *
 * @param tenant null: of all tenants, and of the installation
 */
export function alertSource(dependencies: Needed, tenant: string | null, tell: Tell): Source {
  const { documents, clock, logger } = dependencies
  const told = new Map<string, AlertDocument>()
  const readsAgain = new Map<string, () => void>()
  let isClosed = false
  const show = (snapshot: DocumentSnapshot): void => {
    const alert = parseUnlessDamaged(alertDocumentSchema, snapshot)
    if (isHoldfastError(alert))
      return logger.error({ error: alert, document: snapshot.id }, 'An alert does not parse; nobody hears of it.')
    told.set(snapshot.id, alert)
    tell({
      kind: 'alert',
      id: `alert ${snapshot.id}`,
      data: alertAnswer(snapshot, alert),
      isFor: (principal) => maySee(principal, alert),
    })
  }
  const ended = async (id: string): Promise<void> => {
    const before = told.get(id)
    if (!before) return
    try {
      const now = await documents.read(`${ALERTS}/${id}`)
      if (isClosed) return
      if (now) return show(now)
      told.delete(id)
      tell({ kind: 'alert', id: `alert ${id}`, data: { id, gone: true }, isFor: (principal) => maySee(principal, before) })
    } catch (error) {
      if (isClosed) return
      logger.warn({ error, document: id }, 'The end of an alert could not be read; reading it again.')
      readsAgain.get(id)?.()
      readsAgain.set(
        id,
        clock.after(READS_AGAIN_MS, () => void ended(id), 'keep-alive'),
      )
    }
  }
  const where = [
    ...(tenant === null ? [] : [['tenant', '==', tenant] as const]),
    ['state', 'in', ['open', 'acknowledged']] as const,
  ]
  const source = watch(dependencies, { query: { collection: ALERTS, where }, changed: show, removed: (id) => void ended(id) })
  return {
    opened: source.opened,
    close: () => {
      isClosed = true
      source.close()
      for (const cancel of readsAgain.values()) cancel()
    },
  }
}

/** So many of the newest recovery actions are followed. GET /api/recoveries has the others. */
const MOST_RECOVERIES = 100

/** Tells of the newest recovery actions of a tenant. */
export const recoverySource = (dependencies: Needed, tenant: string, tell: Tell): Source =>
  watch(dependencies, {
    query: {
      collection: RECOVERY_ACTIONS,
      where: [['tenant', '==', tenant]],
      orderBy: ['requestedAt', 'desc'],
      limit: MOST_RECOVERIES,
    },
    changed: (snapshot) =>
      tell({
        kind: 'recovery',
        id: `recovery ${snapshot.id}`,
        data: answerOf(dependencies.logger, snapshot),
        isFor: (principal) => mayKnow(principal, snapshot),
      }),
    // Newer ones push it out of the list. It is not gone.
    removed: () => {},
  })
