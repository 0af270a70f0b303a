import { chatIdOf } from '@holdfast/core/message/chat-id'
import {
  ALL_GROUPS,
  type Group,
  groupDocumentSchema,
  groupPath,
  groupsPath,
  openGroup,
} from '@holdfast/core/operations/group-document'
import type { QueryArgs } from '@holdfast/core/operations/owner-queries'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Clock, DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { Principal } from '../../app/principal.ts'
import { askOwner, type AskingOwners } from '../ask-owner.ts'
import { cipherOf, findSession } from '../find-session.ts'
import { Refusal } from '../refusal.ts'
import { GROUPS, jidOf, personOf } from './named-chats.ts'

interface InGroup {
  readonly session: string
  readonly group: string
}

type Persons = readonly { readonly id: string }[]

/** A group in WAHA's words, with what its engines add. */
export const groupAnswer = ({ participants, ...group }: Group, withParticipants = true) => ({
  id: group.id,
  subject: group.subject,
  name: group.subject,
  description: group.description,
  owner: group.owner === null ? null : chatIdOf(group.owner),
  creation: group.createdAt,
  size: participants.length,
  announce: group.announce,
  restrict: group.restrict,
  memberAddMode: group.memberAdd,
  joinApprovalMode: group.joinApproval,
  membersCanAddNewMember: group.memberAdd,
  membersCanSendMessages: !group.announce,
  newMembersApprovalRequired: group.joinApproval,
  ...(withParticipants ? { participants: participants.map(participantAnswer) } : {}),
})

/** Names a member by the number wherever it is known. */
const participantAnswer = ({ id, phone, lid, role }: Group['participants'][number]) => ({
  id: chatIdOf(phone ?? id),
  pn: phone === null ? null : chatIdOf(phone),
  lid,
  role,
  admin: role === 'participant' ? null : role,
})

/** Where the owner keeps the state on its host, documents come a moment after its answer. */
const STORED_WITHIN_MS = 10_000
const PAUSE_MS = 250

/**
 * Lists the stored groups. The first time the owner of the session stores them, which keeps them up to date from then on.
 *
 * @throws Refusal `no-answer` when the owner has asked for them and they are not stored yet, and what `askOwner` throws
 */
export async function listGroups(dependencies: AskingOwners, principal: Principal, session: string): Promise<readonly Group[]> {
  const known = await storedGroups(dependencies, principal, session)
  if (known) return known
  await refreshGroups(dependencies, principal, session)
  return untilStored(dependencies.clock, () => storedGroups(dependencies, principal, session))
}

/**
 * Looks until something is stored.
 *
 * @throws Refusal `no-answer` when it takes too long
 */
export async function untilStored<Stored>(clock: Clock, look: () => Promise<Stored | null>): Promise<Stored> {
  const deadline = new Deadline(clock, STORED_WITHIN_MS)
  for (;;) {
    const stored = await look()
    if (stored !== null) return stored
    if (deadline.remainingMs === 0)
      throw new Refusal('no-answer', 'The groups of this session are not stored yet. Ask again in a moment.')
    await clock.sleep(PAUSE_MS, 'groups')
  }
}

/** Lets the owner of the session ask WhatsApp for all groups, and store them. */
export async function refreshGroups(dependencies: AskingOwners, principal: Principal, session: string): Promise<void> {
  await askOwner(dependencies, principal, { session, kind: 'groups', args: { storesOnly: true } })
}

/** Null before the first list. */
async function storedGroups(
  { documents, wrappingKey }: AskingOwners,
  principal: Principal,
  session: string,
): Promise<readonly Group[] | null> {
  const { id: sessionId } = await findSession(documents, principal, session)
  const [cipher, found] = await Promise.all([
    cipherOf(documents, sessionId, wrappingKey),
    documents.query({ collection: groupsPath(sessionId) }),
  ])
  if (!found.some(({ id }) => id === ALL_GROUPS)) return null
  return found.flatMap((document) => (document.id === ALL_GROUPS ? [] : (openStored(cipher, document)?.group ?? [])))
}

/** Null for a group that the account has left, and for one of which nothing is known. */
function openStored(cipher: SessionCipher, { id, path, fields }: DocumentSnapshot) {
  const { content, isStale, isGone } = parseStored(groupDocumentSchema, fields, path)
  return isGone || content === null ? null : { group: openGroup(cipher, id, content), isStale }
}

/** Shows a group as it is stored. While it changes, and when it is not stored, the owner of the session asks WhatsApp. */
export async function showGroup(dependencies: AskingOwners, principal: Principal, { session, group }: InGroup): Promise<Group> {
  const { documents, wrappingKey } = dependencies
  const jid = jidOf(group, GROUPS)
  const { id: sessionId } = await findSession(documents, principal, session)
  const document = await documents.read(groupPath(sessionId, jid))
  const stored = document && openStored(await cipherOf(documents, sessionId, wrappingKey), document)
  if (stored && !stored.isStale) return stored.group
  return (await askOwner(dependencies, principal, { session, kind: 'group', args: { group: jid } })).group
}

export async function createGroup(
  dependencies: AskingOwners,
  principal: Principal,
  { session, subject, participants }: { session: string; subject: string; participants: Persons },
): Promise<Group> {
  const args = { subject, participants: participants.map(({ id }) => personOf(id)) }
  return (await askOwner(dependencies, principal, { session, kind: 'create-group', args })).group
}

/**
 * Adds, removes, promotes or demotes members.
 *
 * @throws Refusal `refused-there` when WhatsApp changed none of them
 */
export async function changeParticipants(
  dependencies: AskingOwners,
  principal: Principal,
  given: InGroup & { action: QueryArgs<'change-participants'>['action']; participants: Persons },
) {
  const { session, group, action } = given
  const participants = given.participants.map(({ id }) => personOf(id))
  const args = { group: jidOf(group, GROUPS), action, participants }
  const { results } = await askOwner(dependencies, principal, { session, kind: 'change-participants', args })
  const refused = results.filter(({ status }) => status !== '200')
  if (results.length > 0 && refused.length === results.length) {
    const codes = [...new Set(refused.map(({ status }) => status))].join(', ')
    throw new Refusal('refused-there', `WhatsApp refused it for each of them: ${codes}.`)
  }
  return results.map(({ id, status }) => ({ id: chatIdOf(id), status: Number(status) }))
}

export async function changeGroup(
  dependencies: AskingOwners,
  principal: Principal,
  { session, group, ...changes }: InGroup & Omit<QueryArgs<'change-group'>, 'group'>,
): Promise<void> {
  const args = { group: jidOf(group, GROUPS), ...changes }
  await askOwner(dependencies, principal, { session, kind: 'change-group', args })
}

export async function leaveGroup(dependencies: AskingOwners, principal: Principal, { session, group }: InGroup): Promise<void> {
  await askOwner(dependencies, principal, { session, kind: 'leave-group', args: { group: jidOf(group, GROUPS) } })
}

const INVITE_CODE = /(?:^|chat\.whatsapp\.com\/(?:invite\/)?)([A-Za-z0-9_-]{16,32})(?:[/?#].*)?$/

/** Joins a group by its invitation: a code, or the whole link. */
export async function joinGroup(
  dependencies: AskingOwners,
  principal: Principal,
  { session, code: text }: { session: string; code: string },
): Promise<string> {
  const code = INVITE_CODE.exec(text.trim())?.[1]
  if (code === undefined) throw new Refusal('invalid-chat', 'The code has to be that of an invitation, or its whole link.')
  return (await askOwner(dependencies, principal, { session, kind: 'join-group', args: { code } })).group
}

export async function inviteCode(
  dependencies: AskingOwners,
  principal: Principal,
  { session, group, kind }: InGroup & { kind: 'invite-code' | 'revoke-invite' },
): Promise<string> {
  return (await askOwner(dependencies, principal, { session, kind, args: { group: jidOf(group, GROUPS) } })).code
}
