import type { RestorePlan } from '@holdfast/client/types'
import type { Context } from './context.ts'
import { factLines } from './facts.ts'
import { clock, length } from './output/time.ts'

/** What a restore would lose, before anybody agrees to it. */
export function planLines(context: Context, plan: RestorePlan): string[] {
  if ('found' in plan) {
    return [
      ...context.sentence(plan.sentence),
      ...factLines(context, [
        ['checkpoint', plan.found.checkpoint],
        ['journal', `up to ${plan.found.journalHead}`],
      ]),
    ]
  }
  if ('backup' in plan) {
    const { backup, contents, gapMs, risk, wouldLose } = plan
    return [
      `Back to the backup ${backup.id}${backup.at === null ? '' : ` of ${clock(backup.at)}`}.`,
      ...context.sentence(`Risk: ${risk.level}. ${risk.sentence}`),
      ...context.sentence(wouldLose.sentence),
      ...factLines(context, [
        ['gap', gapMs === null ? null : length(gapMs)],
        ['records lost', String(wouldLose.records)],
        ['chats begin anew', String(wouldLose.chats)],
        ['contacts lost', wouldLose.contacts === null ? 'not known' : String(wouldLose.contacts)],
        ['messages since', String(wouldLose.messages)],
        [
          'it contains',
          Object.entries(contents)
            .map(([kind, number]) => `${number} ${kind}`)
            .join(', '),
        ],
      ]),
    ]
  }
  const { from, sentence, wouldLose } = plan
  return [
    ...context.sentence(sentence),
    ...context.sentence(wouldLose.sentence),
    ...factLines(context, [
      ['from', from],
      ['records lost', String(wouldLose.records)],
    ]),
  ]
}
