import { type RunnerDocument, RUNNERS, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { SupervisedProcess } from '../../sandbox/processes.ts'
import type { EngineWorld } from './engine-world.ts'

/** Reads the document of a container's newest process. Null when the container has none. */
export async function runnerDocumentOf(
  world: EngineWorld,
  of: SupervisedProcess | string,
): Promise<{ id: string; document: RunnerDocument } | null> {
  const instance = typeof of === 'string' ? of : `${world.sandbox.info.project}-${of.name}`
  const where = [['instanceId', '==', instance]] as const
  const found = (await world.google.documents.query({ collection: RUNNERS, where })).map(({ id, fields }) => ({
    id,
    document: runnerDocumentSchema.parse(fields),
  }))
  return found.toSorted((one, other) => other.document.startedAt.getTime() - one.document.startedAt.getTime())[0] ?? null
}
