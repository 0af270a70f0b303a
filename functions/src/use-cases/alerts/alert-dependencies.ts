import type { Dependencies } from '../dependencies.ts'
import type { Notifications } from './notification-settings.ts'

/** What the tasks of the queue `alerts` work with. */
export type AlertDependencies = Pick<Dependencies, 'documents' | 'tasks' | 'tenants' | 'wrappingKey' | 'clock' | 'logger'> & {
  readonly notifications: Notifications
}

/**
 * delivered  the channel took it
 * told       the notice that was due has its task now
 * fanned     each channel has its task now
 * overtaken  a later notice was sent, or the alert has ended meanwhile
 * known      it was sent before
 * refused    the channel will never take it
 * gone       the alert or the channel does not exist any more
 */
export type AlertTaskOutcome = 'delivered' | 'told' | 'fanned' | 'overtaken' | 'known' | 'refused' | 'gone'
