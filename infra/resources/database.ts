import { gcloud } from './command.ts'
import { kmsKeyOf } from './encryption.ts'
import { at, lastOf, listAt, textAt } from './fields.ts'
import type { Resource } from './resource.ts'
import type { Target } from './target.ts'

const DAY_S = 24 * 60 * 60
const DATABASE = '--database=(default)'

export const databaseUrl = (project: string): string =>
  `https://firestore.googleapis.com/v1/projects/${project}/databases/(default)`

export const database = (target: Target): readonly Resource[] => [firestore(target), backups(target)]

function firestore(target: Target): Resource {
  const { project, region } = target
  const kmsKeyName = kmsKeyOf(target)
  const command = (...args: readonly string[]) => gcloud(project, ['firestore', 'databases', ...args])
  const encrypted = kmsKeyName === undefined ? [] : [`--kms-key-name=${kmsKeyName}`]
  const safety = ['--delete-protection', '--enable-pitr']
  return {
    id: 'Firestore database',
    stage: 'base',
    holdsData: true,
    reads: [{ url: databaseUrl(project) }],
    want: () => ({
      type: 'FIRESTORE_NATIVE',
      locationId: region,
      deleteProtectionState: 'DELETE_PROTECTION_ENABLED',
      pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_ENABLED',
      ...(kmsKeyName === undefined ? {} : { cmekConfig: { kmsKeyName } }),
    }),
    fixed: ['type', 'locationId', 'cmekConfig', 'cmekConfig.kmsKeyName'],
    permissions: ['datastore.databases.create', 'datastore.databases.update'],
    create: () => [command('create', DATABASE, `--location=${region}`, '--type=firestore-native', ...safety, ...encrypted)],
    update: () => [command('update', DATABASE, ...safety)],
    remove: () => [command('update', DATABASE, '--no-delete-protection'), command('delete', DATABASE)],
  }
}

function backups({ project, environment }: Target): Resource {
  const { days } = environment.backups
  const command = (...args: readonly string[]) => gcloud(project, ['firestore', 'backups', 'schedules', ...args])
  return {
    id: 'daily backup of the database',
    stage: 'contents',
    reads: [{ url: `${databaseUrl(project)}/backupSchedules` }],
    have: ([answer]) => listAt(answer, 'backupSchedules').find((schedule) => at(schedule, 'dailyRecurrence') !== undefined),
    want: () => ({ retention: `${days * DAY_S}s` }),
    permissions: ['datastore.backupSchedules.create', 'datastore.backupSchedules.update'],
    create: () => [command('create', DATABASE, '--recurrence=daily', `--retention=${days}d`)],
    update: (have) => [
      command('update', DATABASE, `--backup-schedule=${lastOf(textAt(have, 'name') ?? '')}`, `--retention=${days}d`),
    ],
  }
}
