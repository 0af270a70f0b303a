/** The troubles that `--with` can mix into a run. */
export const TROUBLE_CHOICES = ['faults', 'backlogs', 'retries', 'groups', 'devices', 'queue', 'kinds', 'upkeep'] as const

export type TroubleName = (typeof TROUBLE_CHOICES)[number]
