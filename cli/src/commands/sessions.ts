import { answerOf } from '@holdfast/client/client'
import { everySession } from '@holdfast/client/sessions'
import type { Session } from '@holdfast/client/types'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { factLines } from '../facts.ts'
import { STATUS_COLOURS } from '../health/view.ts'
import type { Cell } from '../output/table.ts'
import { oneOf } from '../options.ts'
import { age, clock } from '../output/time.ts'

const STATUSES = ['WORKING', 'STARTING', 'SCAN_QR_CODE', 'FAILED', 'STOPPED'] as const

export const addSessions: AddCommands = (program, run) => {
  const sessions = program.command('sessions').description('list, show, create, start, stop, restart, unlink and remove sessions')

  sessions
    .command('list', { isDefault: true })
    .description('list the sessions')
    .option('--status <status>', 'WORKING, STARTING, SCAN_QR_CODE, FAILED or STOPPED', oneOf(STATUSES))
    .option('--search <text>', "a part of the name, of the account's number or name")
    .action(
      run(async (context, { status, search }) => {
        const filter = { ...(status === undefined ? {} : { status }), ...(search === undefined ? {} : { search }) }
        const found = await everySession(context.api, filter)
        const isNarrowed = Object.keys(filter).length > 0
        context.show(found, () => (isNarrowed && found.length === 0 ? ['No session fits.'] : listLines(context, found)))
      }),
    )

  sessions
    .command('show')
    .argument('<name>', 'a session')
    .description('show a session: its state and why, its account, its runner')
    .action(
      run(async (context, name) => {
        const session = await answerOf(context.api.GET('/api/sessions/{name}', { params: { path: { name } } }))
        context.show(session, () => sessionLines(context, session))
      }),
    )

  sessions
    .command('create')
    .argument('[name]', 'its name; without it one is made')
    .description('create a session, which then waits for its phone')
    .option('--no-start', 'leave it stopped')
    .action(
      run(async (context, name, { start }) => {
        const body = { start, ...(name === undefined ? {} : { name }) }
        const session = await answerOf(context.api.POST('/api/sessions', { body }))
        context.show(session, () => [
          `${session.name} was created.`,
          start ? `Link its phone: holdfast pair ${session.name}` : `Start it: holdfast sessions start ${session.name}`,
        ])
      }),
    )

  sessions
    .command('start')
    .argument('<name>', 'a session')
    .description('connect a session; also ends the wait of one that failed')
    .option('--confirm-exported', 'the exported folder was used by no program')
    .action(
      run(async (context, name, { confirmExported }) => {
        const query = confirmExported ? { confirm: 'exported' as const } : {}
        const session = await answerOf(context.api.POST('/api/sessions/{name}/start', { params: { path: { name }, query } }))
        context.show(session, () => changedLines(context, session))
      }),
    )

  sessions
    .command('stop')
    .argument('<name>', 'a session')
    .description('disconnect a session until it is started; messages to send wait')
    .action(
      run(async (context, name) => {
        const session = await answerOf(context.api.POST('/api/sessions/{name}/stop', { params: { path: { name } } }))
        context.show(session, () => changedLines(context, session))
      }),
    )

  sessions
    .command('restart')
    .argument('<name>', 'a session')
    .description('connect a session anew')
    .option('--reason <text>', 'stored with the action')
    .action(
      run(async (context, name, { reason }) => {
        const body = reason === undefined ? {} : { reason }
        const answer = await answerOf(context.api.POST('/api/sessions/{name}/restart', { params: { path: { name } }, body }))
        context.show(answer, () => [
          ...changedLines(context, answer),
          ...(answer.action === null ? [] : [`How far it is: holdfast recoveries show ${answer.action.id}`]),
        ])
      }),
    )

  sessions
    .command('logout')
    .argument('<name>', 'a session')
    .description('back a session up and unlink it from its phone; it then needs a QR code')
    .option('--reason <text>', 'stored with the action')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (context, name, { reason, yes }) => {
        await context.agree(`Unlink ${name} from its phone? Only a new QR code links it again.`, yes)
        const body = reason === undefined ? {} : { reason }
        const answer = await answerOf(context.api.POST('/api/sessions/{name}/logout', { params: { path: { name } }, body }))
        context.show(answer, () => [
          ...changedLines(context, answer),
          ...(answer.action === null ? [] : [`How far it is: holdfast recoveries show ${answer.action.id}`]),
        ])
      }),
    )

  sessions
    .command('remove')
    .argument('<name>', 'a session')
    .description('unlink, stop and hide a session; what it has stored stays, see purge')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (context, name, { yes }) => {
        await context.agree(`Remove ${name}? Its phone is unlinked, and what it has not sent is canceled.`, yes)
        const removal = await answerOf(context.api.DELETE('/api/sessions/{name}', { params: { path: { name } } }))
        context.show(removal, () => [
          `${name} is removed. What it has stored stays: holdfast sessions create ${name} goes on with it.`,
        ])
      }),
    )
}

function listLines(context: Context, sessions: readonly Session[]): string[] {
  if (sessions.length === 0) return ['There is no session. Create one: holdfast sessions create NAME']
  const rows = sessions.map((session): Cell[] => [
    session.name,
    { text: session.status, colour: STATUS_COLOURS[session.status] },
    age(session.since, context.now),
    session.me?.pushName || session.me?.id || null,
    session.sentence,
  ])
  const columns = [
    { title: 'SESSION', least: 10 },
    { title: 'STATUS' },
    { title: 'FOR', align: 'right' as const },
    { title: 'ACCOUNT', least: 8 },
    { title: 'WHAT', least: 12 },
  ]
  return context.rows(columns, rows)
}

/** One line of what a session does now. */
const changedLines = (context: Context, { name, status, sentence }: Session): string[] => [
  `${name}: ${context.paint(STATUS_COLOURS[status], status)}. ${sentence}`,
]

function sessionLines(context: Context, session: Session): string[] {
  const { name, status, state, reason, sentence, userAction, since, me, owner, counters, wanted, lastDisconnect } = session
  const facts: (readonly [string, string | null])[] = [
    ['state', `${state}, ${reason}, since ${clock(since) ?? 'its creation'}`],
    ['wanted', wanted],
    ['account', me === null ? null : [me.id, me.pushName].filter(Boolean).join('  ')],
    ['runner', owner.runnerId === null ? null : `${owner.runnerId}, epoch ${owner.epoch}`],
    ['messages', `${counters.received} received, ${counters.sent} sent`],
    ['last heard', clock(session.lastProofOfLifeAt)],
    [
      'last end',
      lastDisconnect === null ? null : `${lastDisconnect.reason} (${lastDisconnect.class}), ${clock(lastDisconnect.at)}`,
    ],
    ['next try', clock(session.nextAttemptAt)],
    ['checkpoint', session.checkpoint?.object ?? null],
    ['connected', session.availability === null ? null : `${session.availability} % of this month`],
  ]
  return [
    `${context.paint('bold', name)}  ${context.paint(STATUS_COLOURS[status], status)}`,
    ...context.sentence([sentence, userAction].filter(Boolean).join(' ')),
    ...factLines(context, facts),
  ]
}
