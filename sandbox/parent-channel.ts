// The channel between a process of the sandbox and its parent: questions down, answers up. Preloads and stand-ins answer, so that the
// product knows nothing of it.

interface Question {
  ask: string
  id: number
  about?: unknown
}

export interface Answer {
  answers: number
  value: unknown
}

export const isAnswer = (message: unknown): message is Answer =>
  typeof message === 'object' && message !== null && 'answers' in message

/** Answers one kind of question. The channel keeps no process alive, see `exit-with-parent.ts`. */
export function answerParent(ask: string, answer: (about: unknown) => unknown): void {
  process.on('message', (message: Partial<Question> | null) => {
    if (message?.ask !== ask) return
    void Promise.resolve(answer(message.about)).then((value) => process.send?.({ answers: message.id, value }))
  })
}
