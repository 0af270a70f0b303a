import { answerOf } from '@holdfast/client/client'
import type { DataKeys, DataKeysRenewed, Key, Rewrapped } from '@holdfast/client/types'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { usage } from '../failure.ts'
import { countOf, oneOf } from '../options.ts'
import type { Cell } from '../output/table.ts'
import { age, clock, readTime } from '../output/time.ts'

const ROLES = ['admin', 'send', 'read'] as const

export const addKeys: AddCommands = (program, run) => {
  const keys = program.command('keys').description("list, make and revoke keys of the API; wrap or renew the sessions' keys")

  keys
    .command('list', { isDefault: true })
    .description('list the keys of the tenant')
    .action(
      run(async (context) => {
        const found = await answerOf(context.api.GET('/api/keys', { params: { query: {} } }))
        context.show(found, () => keyLines(context, found))
      }),
    )

  keys
    .command('create')
    .argument('<name>', 'what the key is for')
    .description('make a key; it is shown once, on standard output')
    .requiredOption('--role <role>', 'admin: everything in the tenant; send: sends and reads; read: reads', oneOf(ROLES))
    .option('-s, --session <name...>', 'it may know of these sessions only')
    .option('--expires <time>', 'it is refused from then on: a time, or 90d')
    .option('--requests-per-minute <number>', "a lower limit than the tenant's", countOf)
    .action(
      run(async (context, name, { role, session, expires, requestsPerMinute }) => {
        const expiresAt = expires === undefined ? undefined : readTime(expires, context.now)
        if (expiresAt === null) throw usage(`"${expires}" is no time: as 2026-12-31T18:00:00Z, or as 90d.`)
        const { tenant } = context.connection
        const body = {
          name,
          role,
          ...(session === undefined ? {} : { sessions: session }),
          ...(expiresAt === undefined ? {} : { expiresAt }),
          ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
          ...(tenant === undefined ? {} : { tenant }),
        }
        const key = await answerOf(context.api.POST('/api/keys', { body }))
        if (!context.isJson) context.note(`The key ${key.id} of ${key.tenant}. No later answer shows it:`)
        context.show(key, () => [key.key])
      }),
    )

  keys
    .command('revoke')
    .argument('<id>', 'a key')
    .description('refuse a key everywhere, for ever, within five seconds')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (context, id, { yes }) => {
        await context.agree(`Revoke the key ${id}? Programs that use it stop.`, yes)
        const key = await answerOf(context.api.DELETE('/api/keys/{id}', { params: { path: { id } } }))
        context.show(key, () => [`${id} is ${key.state}.`])
      }),
    )

  keys
    .command('wrapping')
    .description('show by which wrapping keys the keys of the sessions are wrapped')
    .action(
      run(async (context) => {
        const status = await answerOf(context.api.GET('/api/keys/rewrap'))
        context.show(status, () => [
          ...status.keys.map(({ id, documents, isCurrent }) => `${id}  ${documents} keys${isCurrent ? ', the current one' : ''}`),
          ...context.sentence(status.sentence),
        ])
      }),
    )

  keys
    .command('rewrap')
    .description('wrap the keys of all sessions by the current wrapping key; no session stops')
    .action(
      run(async (context) => {
        const sum = await rewrapAll(context)
        context.show(sum, () => [
          `${sum.rewrapped} keys are wrapped anew, ${sum.current} were already.`,
          ...(sum.left.unreadable === 0 ? [] : [`${sum.left.unreadable} cannot be read.`]),
          ...(sum.left.unanswered === 0
            ? []
            : [`${sum.left.unanswered} wait for a wrapping key that does not answer. Run this again.`]),
        ])
      }),
    )

  keys
    .command('data')
    .argument('<name>', 'a session')
    .description('show the versions and ages of the keys that seal what a session stores')
    .action(
      run(async (context, name) => {
        const shown = await answerOf(context.api.GET('/api/sessions/{name}/data-key', { params: { path: { name } } }))
        context.show(shown, () => dataKeyLines(context, shown))
      }),
    )

  keys
    .command('renew')
    .argument('[name]', 'a session; without it all sessions of all tenants')
    .description('give a session a further data key, which seals from a checkpoint after half an hour on')
    .option('--older-than <days>', 'without a name: only where the newest key is older', countOf)
    .action(
      run(async (context, name, { olderThan = 0 }) => {
        if (name === undefined) {
          const sum = await renewAll(context, olderThan)
          context.show(sum, () => [
            `${sum.added} sessions have a further data key, ${sum.kept} keep theirs.`,
            ...(sum.left.changed === 0 ? [] : [`${sum.left.changed} were just being changed. Run this again.`]),
            ...(sum.left.unreadable === 0 ? [] : [`${sum.left.unreadable} cannot be read; the log of the API names them.`]),
          ])
          return
        }
        const shown = await answerOf(context.api.POST('/api/sessions/{name}/data-key', { params: { path: { name } } }))
        context.show(shown, () => dataKeyLines(context, shown))
      }),
    )
}

async function renewAll(context: Context, olderThanDays: number) {
  const sum = { added: 0, kept: 0, left: { changed: 0, unreadable: 0 } }
  for (let cursor: string | null = null; ;) {
    const query: { olderThanDays: number; cursor?: string } = { olderThanDays, ...(cursor === null ? {} : { cursor }) }
    const part: DataKeysRenewed = await answerOf(context.api.POST('/api/keys/data-keys', { params: { query } }))
    sum.added += part.added
    sum.kept += part.kept
    sum.left.changed += part.left.changed
    sum.left.unreadable += part.left.unreadable
    if (part.cursor === null) return sum
    cursor = part.cursor
    context.progress.show(`${sum.added} sessions have a further data key …`)
  }
}

function dataKeyLines(context: Context, { keys, sentence }: DataKeys): string[] {
  const rows = keys.map(({ version, state, madeAt }): Cell[] => [String(version), state, clock(madeAt)])
  return [
    ...context.rows([{ title: 'VERSION', align: 'right' as const }, { title: 'STATE' }, { title: 'MADE' }], rows),
    ...context.sentence(sentence),
  ]
}

async function rewrapAll(context: Context) {
  const sum = { rewrapped: 0, current: 0, left: { changed: 0, unreadable: 0, unanswered: 0 } }
  for (let cursor: string | null = null; ;) {
    const query: { cursor?: string } = cursor === null ? {} : { cursor }
    const part: Rewrapped = await answerOf(context.api.POST('/api/keys/rewrap', { params: { query } }))
    sum.rewrapped += part.rewrapped
    sum.current += part.current
    sum.left.changed += part.left.changed
    sum.left.unreadable += part.left.unreadable
    sum.left.unanswered += part.left.unanswered
    if (part.cursor === null) return sum
    cursor = part.cursor
    context.progress.show(`${sum.rewrapped} keys are wrapped anew …`)
  }
}

const COLOURS = { active: 'green', revoked: 'red', expired: 'yellow' } as const

function keyLines(context: Context, keys: readonly Key[]): string[] {
  if (keys.length === 0) return ['There is no key. Make one: holdfast keys create NAME --role send']
  const rows = keys.map(({ id, name, role, state, sessions, lastUsedAt, expiresAt }): Cell[] => [
    id,
    name,
    role,
    { text: state, colour: COLOURS[state] },
    sessions === null ? 'all' : sessions.join(', '),
    age(lastUsedAt, context.now),
    clock(expiresAt),
  ])
  const columns = [
    { title: 'KEY' },
    { title: 'NAME', least: 10 },
    { title: 'ROLE' },
    { title: 'STATE' },
    { title: 'SESSIONS', least: 8, isOptional: true as const },
    { title: 'USED', align: 'right' as const },
    { title: 'EXPIRES', isOptional: true as const },
  ]
  return context.rows(columns, rows)
}
