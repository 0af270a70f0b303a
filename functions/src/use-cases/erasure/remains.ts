/** What of an erased contact is still somewhere, and until when. */
export interface Remains {
  readonly what: 'objects' | 'objectVersions' | 'pointInTime' | 'backups'
  readonly until: Date | null
  readonly sentence: string
}

const DAY_MS = 24 * 60 * 60_000

/** The bucket keeps what was removed for so long, and Firestore each earlier state. */
const VERSIONS_DAYS = 30
const POINT_IN_TIME_DAYS = 7

/** The nightly run begins at 3:17 UTC and has ended an hour later. */
const NIGHT_ENDS_MS = 4 * 60 * 60_000 + 17 * 60_000

/**
 * Pure. The backups of a deployment that keeps them for another time than it says are its own matter.
 *
 * @param waiting how many objects the nightly run has to remove
 */
export function remainsOf(nowMs: number, waiting: number): readonly Remains[] {
  const night = Math.ceil((nowMs - NIGHT_ENDS_MS) / DAY_MS) * DAY_MS + NIGHT_ENDS_MS
  const goneMs = waiting > 0 ? night : nowMs
  const objects = `${waiting} objects with media and archived messages: the nightly run removes them.`
  return [
    ...(waiting > 0 ? [{ what: 'objects' as const, until: new Date(night), sentence: objects }] : []),
    {
      what: 'objectVersions',
      until: new Date(goneMs + VERSIONS_DAYS * DAY_MS),
      sentence: 'Earlier versions of removed objects, in a bucket that keeps versions.',
    },
    {
      what: 'pointInTime',
      until: new Date(nowMs + POINT_IN_TIME_DAYS * DAY_MS),
      sentence: 'Earlier states of Firestore, where point-in-time recovery is on.',
    },
    {
      what: 'backups',
      until: null,
      sentence:
        'Daily backups of Firestore, for as long as the deployment keeps them (`backups.days`, 14 unless it says otherwise).',
    },
  ]
}
