import type { Questions } from './host.ts'

/** Questions at the terminal. The library loads only when something is asked: completion starts the command at each Tab. */
export function clackQuestions(output: NodeJS.WriteStream): Questions {
  const answered = async <Answer>(asked: Promise<Answer>): Promise<Exclude<Answer, symbol> | null> => {
    const answer = await asked
    return typeof answer === 'symbol' ? null : (answer as Exclude<Answer, symbol>)
  }
  return {
    confirm: async (message) => {
      const { confirm } = await import('@clack/prompts')
      return await answered(confirm({ message, output, initialValue: false }))
    },
    text: async (message) => {
      const { text } = await import('@clack/prompts')
      return await answered(text({ message, output }))
    },
    secret: async (message) => {
      const { password } = await import('@clack/prompts')
      return await answered(password({ message, output }))
    },
  }
}
