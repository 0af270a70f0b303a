import { DirectoryLock } from '@holdfast/core/adapters/directory/directory-lock'
import { StoreDirectory } from '@holdfast/core/adapters/directory/store-directory'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'

// Takes the lock of a directory, prints a line, and lives until it is killed.

const [path = '', runnerId = ''] = process.argv.slice(2)
const logger = createLogger('test', 'silent')
await DirectoryLock.acquire({
  directory: new StoreDirectory(path),
  runnerId,
  clock: systemClock,
  logger,
  onLost: () => process.exit(3),
})
process.stdout.write('locked\n')
