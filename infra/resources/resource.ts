import type { Command } from './command.ts'
import { type Difference, differences } from './differences.ts'

/** The stages of a deployment, in their order. A stage may need what earlier ones made. */
export const STAGES = [
  'apis',
  'keys',
  'base',
  'contents',
  'access',
  'image',
  'firestore',
  'server',
  'balancer',
  'functions',
  'invokers',
  'runner',
  'former runner',
  'metrics',
  'alerts',
] as const
export type Stage = (typeof STAGES)[number]

/** A request that changes nothing. Some of Google's reads are sent with POST. */
export interface Read {
  readonly url: string
  readonly method?: 'POST'
  readonly body?: object
  /** True: the first page is enough. */
  readonly onePage?: true
}

/** A read that needs to know what the reads before it have found. Null if there is nothing to read. */
export type LaterRead = (answers: Answers) => Read | null

/** The answers to the reads of a resource, in their order. Null stands for something that does not exist. */
export type Answers = readonly unknown[]

/** Something that a deployment needs. All of it is data and pure functions; the verbs read, compare and run the commands. */
export interface Resource {
  /** Unique, for people, e.g. `bucket my-project-holdfast-sessions`. */
  readonly id: string
  readonly stage: Stage
  readonly reads: readonly (Read | LaterRead)[]
  /** What is there, null if nothing is. The first answer if left out. */
  readonly have?: (answers: Answers) => unknown
  /** What has to be there. If left out, it is enough that something is. */
  readonly want?: (answers: Answers) => unknown
  /** Fields that Google never changes. A difference in one is refused. */
  readonly fixed?: readonly string[]
  /** What a change of it does to a running deployment. */
  readonly warning?: string
  /** Changes of resources with the same lane come one after the other. */
  readonly lane?: string
  /** The permissions that its commands need in the project. */
  readonly permissions: readonly string[]
  readonly create: (answers: Answers) => readonly Command[]
  readonly update?: (have: unknown, answers: Answers, different: readonly Difference[]) => readonly Command[]
  /** Missing for what goes with something else, or cannot be removed. */
  readonly remove?: (have: unknown) => readonly Command[]
  /** True: it must not be there, and is removed when it is. */
  readonly unwanted?: true
  /** True: it keeps what nobody can make again. `destroy` leaves it alone unless told otherwise. */
  readonly holdsData?: true
}

export interface Change {
  readonly resource: Resource
  readonly kind: 'create' | 'update' | 'remove' | 'refused'
  readonly different: readonly Difference[]
  readonly commands: readonly Command[]
}

export const presentOf = (resource: Resource, answers: Answers): unknown =>
  (resource.have ? resource.have(answers) : answers[0]) ?? null

/** Pure: decides what has to be done about a resource. Null if nothing. */
export function changeOf(resource: Resource, answers: Answers): Change | null {
  const have = presentOf(resource, answers)
  if (resource.unwanted) {
    return have === null ? null : { resource, kind: 'remove', different: [], commands: resource.remove?.(have) ?? [] }
  }
  if (have === null) return { resource, kind: 'create', different: [], commands: resource.create(answers) }
  const different = resource.want ? differences(resource.want(answers), have) : []
  if (different.length === 0) return null
  const refused = different.filter(({ path }) => resource.fixed?.includes(path))
  if (refused.length > 0 || !resource.update) {
    return { resource, kind: 'refused', different: refused.length > 0 ? refused : different, commands: [] }
  }
  return { resource, kind: 'update', different, commands: resource.update(have, answers, different) }
}
