import { readdir, readFile, readlink } from 'node:fs/promises'
import { journalPath } from '@holdfast/core/journal/journal-record'
import type { DocumentCounter, DocumentStore } from '@holdfast/core/platform/ports'
import type { SupervisedProcess } from '../../../sandbox/processes.ts'
import type { ProbeAnswer } from './runner-probe.ts'

const MB = 1024 * 1024

/** The measured figures, each printed as a column. */
export const FIGURES = [
  'rssMb',
  'heapMb',
  'externalMb',
  'timers',
  'resources',
  'sockets',
  'listeners',
  'emitters',
  'promises',
  'journal',
  'recordBytes',
] as const
export type Figure = (typeof FIGURES)[number]

export interface Sample extends Record<Figure, number> {
  /** Seconds since the start. */
  at: number
}

interface Sampled {
  runner: SupervisedProcess
  documents: DocumentCounter & DocumentStore
  sessionIds: readonly string[]
  /** The session of the long chat. */
  longChat: string
}

/** Measures the runner's resources by its own report and by the system, and the longest journal of the sessions. */
export async function takeSample({ runner, documents, sessionIds, longChat }: Sampled, at: number): Promise<Sample> {
  const { pid } = runner
  const probe = (await runner.ask('probe')) as ProbeAnswer | undefined
  if (pid === null || !probe) throw new Error('The runner has ended; its log shows why.')
  const [rssMb, sockets, recordBytes, journals] = await Promise.all([
    residentMb(pid),
    openSockets(pid),
    meanRecordBytes(documents, longChat),
    Promise.all(sessionIds.map((sessionId) => documents.count({ collection: journalPath(sessionId) }))),
  ])
  return {
    at,
    rssMb,
    heapMb: probe.heapUsedBytes / MB,
    externalMb: probe.externalBytes / MB,
    timers: probe.resources['Timeout'] ?? 0,
    resources: Object.values(probe.resources).reduce((sum, count) => sum + count, 0),
    sockets,
    listeners: probe.listeners,
    emitters: probe.emitters,
    promises: probe.promises,
    journal: Math.max(...journals),
    recordBytes,
  }
}

/** Returns the mean size of the data records in the session's journal. */
async function meanRecordBytes(documents: DocumentStore, sessionId: string): Promise<number> {
  const records = await documents.query({ collection: journalPath(sessionId) })
  const sizes = records.flatMap(({ fields }) => (fields['kind'] === 'data' ? [(fields['bytes'] as Uint8Array).length] : []))
  return sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length)
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}

async function openSockets(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`
  const targets = await Promise.all(
    // A socket may close between the two calls.
    (await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  )
  return targets.filter((target) => target.startsWith('socket:')).length
}
