import { en, type Messages } from './en.ts'

export const id: Messages = en
