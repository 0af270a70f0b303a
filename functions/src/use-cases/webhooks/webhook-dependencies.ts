import type { OutgoingHttp } from '@holdfast/core/platform/outgoing'
import type { Dependencies } from '../dependencies.ts'

/** What the tasks of the queue `webhooks` work with. */
export type WebhookDependencies = Pick<Dependencies, 'documents' | 'tasks' | 'wrappingKey' | 'traces' | 'clock' | 'logger'> & {
  readonly notifications: { readonly http: OutgoingHttp }
}
