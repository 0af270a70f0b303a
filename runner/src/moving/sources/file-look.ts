import type { Stats } from 'node:fs'

type Look = Pick<Stats, 'mtimeMs' | 'size' | 'ino'>

/** Pure. Whether a file is another one in the second look at a folder. */
export const isChanged = (before: Look | undefined, after: Look | undefined): boolean =>
  before?.mtimeMs !== after?.mtimeMs || before?.size !== after?.size || before?.ino !== after?.ino
