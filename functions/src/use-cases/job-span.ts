import { below, NO_TRACES, type Span } from '@holdfast/core/platform/traces'
import { ofSession } from '@holdfast/core/session/log-fields'
import { requestTraceparent } from '../app/request-context.ts'
import type { Dependencies } from './dependencies.ts'

/** Begins the span of a job that is being made. The job carries it, so that its owners continue the trace. */
export function jobSpan({ traces = NO_TRACES }: Pick<Dependencies, 'traces'>, job: string, sessionId: string): Span {
  const { tenant, session } = ofSession(sessionId)
  const attributes = { 'holdfast.job': job, 'holdfast.session': session, 'holdfast.tenant': tenant }
  return below(traces, requestTraceparent(), 'job', { kind: 'producer', attributes })
}
