import { z } from 'zod'
import { backUpAll } from '../use-cases/backups/back-up-all.ts'
import { foreseePruning } from '../use-cases/backups/foresee-pruning.ts'
import { listBackups } from '../use-cases/backups/list-backups.ts'
import { removeBackup } from '../use-cases/backups/remove-backup.ts'
import { requestBackup } from '../use-cases/backups/request-backup.ts'
import { verifyBackup } from '../use-cases/backups/verify-backup.ts'
import { MOST_AT_ONCE, progressOf } from '../use-cases/recoveries/action-runs.ts'
import { actionSchema } from './action-schemas.ts'
import { backupSchema } from './backup-schema.ts'
import { ADMINS, READERS, type Route, route } from './route.ts'
import { runParams, runProgressSchema } from './run-schemas.ts'
import { named, refusedField } from './schemas.ts'

const MAX_NOTE_LENGTH = 200

const backupRequestSchema = z
  .object({
    pin: z
      .boolean('must be true or false')
      .default(false)
      .meta({ description: 'A pinned backup is kept until somebody removes it.' }),
    note: z
      .string('must be a text')
      .max(MAX_NOTE_LENGTH, `must have at most ${MAX_NOTE_LENGTH} characters`)
      .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
      .optional()
      .meta({ description: 'What it is for. It is stored with the backup, in clear.' }),
  })
  .catchall(refusedField)
  .meta({ id: 'BackupRequest', example: { pin: true, note: 'Before the move.' } })

const backupOfAllSchema = backupRequestSchema
  .extend({
    run: z.string('must be a text').optional().meta({ description: 'A run that had sessions left, which goes on with them.' }),
  })
  .meta({ id: 'BackupOfAllRequest', example: { pin: true, note: 'Before the move.' } })

const backupParams = named.extend({
  id: z.string().meta({ description: 'The id of a backup.', example: '00000000000000000042-0000000003' }),
})

const ofSession = z.string('must be a text').optional().meta({ description: 'The name of a session. Without it: all.' })

const formerBackupSchema = backupRequestSchema
  .extend({ session: ofSession })
  .meta({ id: 'FormerBackupRequest', example: { session: 'main' } })

const formerPruningSchema = z
  .object({ session: ofSession })
  .catchall(refusedField)
  .meta({ id: 'FormerPruningRequest', example: { session: 'main' } })

export const BACKUP_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/sessions/:name/backups',
    operationId: 'listBackups',
    tag: 'Backups',
    summary: 'List the backups of a session',
    description: 'Every checkpoint that is kept is one.',
    roles: READERS,
    request: { params: named },
    answers: { 200: { description: 'The backups, the newest first.', schema: z.array(backupSchema) } },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await listBackups(dependencies, principal, params.name),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/sessions/:name/backups',
    operationId: 'makeBackup',
    tag: 'Backups',
    summary: 'Back up a session',
    description:
      "The session's runner saves its state and reads it back. A stopped session stays without a connection. The result of the action " +
      'names the backup.',
    roles: ADMINS,
    request: { params: named, body: backupRequestSchema },
    isBodyOptional: true,
    answers: {
      202: { description: 'The action.', schema: z.strictObject({ action: actionSchema }).meta({ id: 'BackupAction' }) },
    },
    problems: ['unknown-session'],
    async run({ dependencies, principal, params: { name }, body: { pin, note } }) {
      return { status: 202, body: { action: await requestBackup(dependencies, principal, { name, pin, note }) } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/sessions/:name/backups/:id/verify',
    operationId: 'verifyBackup',
    tag: 'Backups',
    summary: 'Read a backup back',
    description:
      'The API reads the object, compares its hash, decrypts it, and replays in memory the records after it that are still there. A failure ' +
      'raises the alert `backup-check-failed`.',
    roles: ADMINS,
    request: { params: backupParams },
    answers: { 200: { description: 'The backup, with what this showed in `verification`.', schema: backupSchema } },
    problems: ['unknown-session', 'unknown-backup'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await verifyBackup(dependencies, principal, params),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/api/sessions/:name/backups/:id',
    operationId: 'removeBackup',
    tag: 'Backups',
    summary: 'Ask for the removal of a backup',
    description:
      'The daily clean-up removes it, as soon as two newer verified backups cover it. A pinned one is no longer pinned. One that the state of ' +
      'the session, a log-out or a restore needs is refused.',
    roles: ADMINS,
    request: { params: backupParams },
    answers: { 202: { description: 'The backup, until it is removed.', schema: backupSchema } },
    problems: ['unknown-session', 'unknown-backup', 'backup-in-use'],
    run: async ({ dependencies, principal, params }) => ({
      status: 202,
      body: await removeBackup(dependencies, principal, params),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/backups',
    operationId: 'backUpAll',
    tag: 'Backups',
    summary: 'Back up all sessions',
    description: 'All that are wanted online. A stopped session has its checkpoint since it was stopped.',
    roles: ADMINS,
    request: { body: backupOfAllSchema },
    isBodyOptional: true,
    answers: {
      202: {
        description: 'The run, whose progress `GET /api/backups/{run}` shows.',
        schema: z
          .strictObject({
            run: z.string(),
            sessions: z.array(z.string()),
            left: z.int().meta({ description: `Sessions beyond ${MOST_AT_ONCE}: repeat the request with this \`run\`.` }),
          })
          .meta({ id: 'BackupRun' }),
      },
    },
    problems: ['unknown-action'],
    run: async ({ dependencies, principal, body: { pin, note, run } }) => ({
      status: 202,
      body: await backUpAll(dependencies, principal, { pin, note, run }),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/backups/:run',
    operationId: 'getBackupRun',
    tag: 'Backups',
    summary: 'Show how far a backup of all sessions has got',
    roles: READERS,
    request: { params: runParams },
    answers: { 200: { description: 'The progress.', schema: runProgressSchema } },
    problems: ['unknown-action'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await progressOf(dependencies, principal, { id: params.run, kind: 'backup' }),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/backup-session',
    operationId: 'backUpFormer',
    tag: 'Former paths',
    summary: 'Back up a session, or all',
    description: 'The same as `POST /api/sessions/{name}/backups`; without a session, as `POST /api/backups`.',
    roles: ADMINS,
    request: { body: formerBackupSchema },
    isBodyOptional: true,
    answers: {
      202: {
        description: 'The action, or the run.',
        schema: z
          .strictObject({
            action: actionSchema.nullable(),
            run: z.string().nullable(),
            left: z
              .int()
              .meta({ description: `Sessions beyond ${MOST_AT_ONCE}: \`POST /api/backups\` with this \`run\` goes on.` }),
          })
          .meta({ id: 'FormerBackup' }),
      },
    },
    problems: ['unknown-session'],
    async run({ dependencies, principal, body: { session, pin, note } }) {
      if (session !== undefined) {
        const action = await requestBackup(dependencies, principal, { name: session, pin, note })
        return { status: 202, body: { action, run: null, left: 0 } }
      }
      const { run, left } = await backUpAll(dependencies, principal, { pin, note })
      return { status: 202, body: { action: null, run, left } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/cleanup-backups',
    operationId: 'pruneFormer',
    tag: 'Former paths',
    summary: 'Show which backups the next clean-up removes',
    description: 'Retention decides, and the daily clean-up removes. This API deletes nothing.',
    roles: ADMINS,
    request: { body: formerPruningSchema },
    isBodyOptional: true,
    answers: {
      200: {
        description: 'The backups that go.',
        schema: z
          .strictObject({
            sessions: z.array(z.strictObject({ session: z.string(), backups: z.array(z.string()) })),
            left: z.int().meta({ description: 'Sessions that were not looked at, because there are too many.' }),
          })
          .meta({ id: 'FormerPruning' }),
      },
    },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, body }) => ({
      status: 200,
      body: await foreseePruning(dependencies, principal, body.session),
    }),
  }),
]
