import { gcloud } from './command.ts'
import { type Fields, listAt, textAt, textsAt } from './fields.ts'
import type { Read, Resource, Stage } from './resource.ts'
import { type Account, ACCOUNTS, type Target } from './target.ts'

/** The policy of one thing: who may do what with it. */
export interface Policy {
  /** The thing, for people: `bucket my-project-holdfast-sessions`. */
  readonly on: string
  readonly read: Read
  /** The words of the command up to the thing's name: `storage buckets add-iam-policy-binding gs://…`. */
  readonly command: readonly string[]
  /** Words after them. */
  readonly place?: readonly string[]
  /** The command asks for a condition where the policy can have some. */
  readonly hasConditions?: true
  /** The permission that a change of the policy needs. */
  readonly permission: string
}

export interface Condition {
  readonly title: string
  readonly expression: string
}

export interface Binding {
  readonly role: string
  readonly account: Account
  readonly condition?: Condition
}

/** One line of a policy. Lines that nobody wants are left alone here; `doctor` tells of them. */
export function binding(target: Target, stage: Stage, policy: Policy, { role, account, condition }: Binding): Resource {
  const path = role.startsWith('roles/') ? role : `projects/${target.project}/roles/${role}`
  const member = target.memberOf(account)
  const line = [`--member=${member}`, `--role=${path}`, ...conditionWords(policy, condition)]
  const words = [...policy.command, ...(policy.place ?? []), ...line]
  return {
    id: `${role.replace('roles/', '')} for ${account} on ${policy.on}`,
    stage,
    // A command reads the policy, changes it and writes it whole.
    lane: policy.on,
    reads: [policy.read],
    have: ([answer]) => listAt(answer, 'bindings').find((present) => says(present, path, member, condition)),
    permissions: [policy.permission],
    create: () => [gcloud(target.project, words)],
    remove: () => [
      gcloud(
        target.project,
        words.map((word) => word.replace(/^add-iam/, 'remove-iam')),
      ),
    ],
  }
}

function says(line: Fields, role: string, member: string, condition: Condition | undefined): boolean {
  const hasCondition = textAt(line, 'condition', 'expression') === condition?.expression
  return line['role'] === role && hasCondition && textsAt(line, 'members').includes(member)
}

/** The separator is a caret's, because an expression may have commas. Without a word on conditions gcloud asks. */
function conditionWords({ hasConditions }: Policy, condition: Condition | undefined): readonly string[] {
  if (condition) return [`--condition=^;^title=${condition.title};expression=${condition.expression}`]
  return hasConditions ? ['--condition=None'] : []
}

export interface ForeignLine {
  readonly role: string
  readonly account: Account
  readonly condition: string | undefined
}

/**
 * Returns the lines of a policy that give an account of ours something that nobody wants. An account that has a role with a condition
 * and the same role without one is not held by the condition.
 */
export function foreignLines(target: Target, answer: unknown, wanted: readonly Resource[]): readonly ForeignLine[] {
  const accounts = Object.keys(ACCOUNTS) as Account[]
  return listAt(answer, 'bindings').flatMap((line) =>
    accounts
      .filter((account) => textsAt(line, 'members').includes(target.memberOf(account)))
      .filter((account) => !wanted.some((one) => explains(one, line, target.memberOf(account))))
      .map((account) => ({ role: String(line['role']), account, condition: textAt(line, 'condition', 'expression') })),
  )
}

/** A wanted line explains a present one when it takes the one, with this member alone, for itself. */
const explains = (wanted: Resource, line: Fields, member: string): boolean =>
  (wanted.have?.([{ bindings: [{ ...line, members: [member] }] }]) ?? null) !== null
