import { dayOf } from '@holdfast/core/journal/record-books'
import { StateImage } from '@holdfast/core/journal/state-image'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { expect, test } from 'vitest'
import type { JournaledState } from '../journal/journaled-state.ts'
import { RecordWatch } from './record-watch.ts'

const NOW_MS = Date.parse('2026-11-29T12:00:00Z')
const DAY_MS = 86_400_000

test('the growth is that of the days since the last clean-up', () => {
  const today = dayOf(NOW_MS)
  // It gains 8 records a day, and lost 112 by a clean-up eight days ago.
  const days = Array.from({ length: 20 }, (_, index) => {
    const day = today - 19 + index
    return { day, records: 60 + 8 * index - (day > today - 8 ? 112 : 0) }
  })
  const cleanedUp = STATE_KINDS['last-clean-up'].codec.encode({ atMs: NOW_MS - 8 * DAY_MS, moved: 112, left: 60 })
  const image = new StateImage()
  image.apply({
    keys: { 'record-history': { days: STATE_KINDS['record-history'].codec.encode(days) }, 'last-clean-up': { last: cleanedUp } },
  })
  const watch = new RecordWatch({
    state: { image, later: () => {} } as unknown as JournaledState,
    clock: { now: () => NOW_MS },
    settings: () => DEFAULT_TENANT_SETTINGS.cleanup,
    ownUsers: () => [],
  })
  expect(watch.counts()).toMatchObject({ growthPerDay: 8, lastCleanUp: { moved: 112 } })
})
